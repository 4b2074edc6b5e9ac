import { commands, flags, wrongUsage, type CommandLine } from './arguments.ts';
import type { Terminal } from './terminal.ts';

const options = Object.keys(flags).map((one) => `--${one}`);

const scripts: Readonly<Record<string, () => string>> = {
  bash: () =>
    [
      '_devgateway() {',
      '  local word="${COMP_WORDS[COMP_CWORD]}"',
      `  if [[ "$word" == -* ]]; then COMPREPLY=($(compgen -W "${options.join(' ')}" -- "$word"))`,
      `  elif [[ $COMP_CWORD -eq 1 ]]; then COMPREPLY=($(compgen -W "${commands.join(' ')}" -- "$word") $(compgen -f -- "$word"))`,
      '  else COMPREPLY=($(compgen -f -- "$word")); fi',
      '}',
      'complete -o filenames -F _devgateway devgateway',
    ].join('\n'),
  zsh: () =>
    [
      '#compdef devgateway',
      '_devgateway() {',
      `  if [[ $words[CURRENT] == -* ]]; then compadd -- ${options.join(' ')}`,
      `  elif (( CURRENT == 2 )); then compadd -- ${commands.join(' ')}; _files`,
      '  else _files; fi',
      '}',
      'compdef _devgateway devgateway',
    ].join('\n'),
  fish: () =>
    [
      `complete -c devgateway -n __fish_use_subcommand -a '${commands.join(' ')}'`,
      ...Object.keys(flags).map((one) => `complete -c devgateway -l ${one}`),
    ].join('\n'),
};

/** Prints a completion script for a shell. */
export async function completion(line: CommandLine, terminal: Terminal): Promise<number> {
  const shells = Object.keys(scripts);
  const script = shells.includes(line.positionals[0] ?? '') ? scripts[line.positionals[0] as string] : undefined;
  if (script === undefined) throw wrongUsage('completion needs the name of a shell', `expected one of ${shells.join(', ')}`);
  terminal.out(script());
  return 0;
}
