import { parseArgs } from 'node:util';
import type { Unsupported } from '../dialects/dialect.ts';
import { problemOfTarget } from '../matching/url-template.ts';
import { diagnosticAt, DevgatewayError } from '../model/error.ts';
import { nowhere } from '../model/origin.ts';
import { isHost } from '../transport/request-head.ts';
import { didYouMean } from '../sources/setting.ts';

export const commands = ['start', 'check', 'routes', 'explain', 'token', 'issuer', 'record', 'replay', 'cert', 'init', 'completion', 'help'] as const;
export type CommandName = (typeof commands)[number];

export const flags = {
  dialect: { type: 'string' },
  upstream: { type: 'string', multiple: true },
  port: { type: 'string' },
  host: { type: 'string' },
  'as-host': { type: 'string' },
  control: { type: 'boolean' },
  'control-port': { type: 'string' },
  'env-file': { type: 'string', multiple: true },
  unsupported: { type: 'string' },
  stage: { type: 'string' },
  var: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  quiet: { type: 'boolean' },
  'no-color': { type: 'boolean' },
  claim: { type: 'string', multiple: true },
  'expires-in': { type: 'string' },
  algorithm: { type: 'string' },
  persona: { type: 'string' },
  broken: { type: 'string' },
  tapes: { type: 'string' },
  mode: { type: 'string' },
  strict: { type: 'boolean' },
  report: { type: 'string', multiple: true },
  debug: { type: 'boolean' },
  force: { type: 'boolean' },
  header: { type: 'string', multiple: true, short: 'H' },
  data: { type: 'string', short: 'd' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

export interface CommandLine {
  readonly command: CommandName;
  readonly positionals: readonly string[];
  /** What came by standard input, where `-` is among the configurations. */
  readonly input?: string;
  readonly dialect: string | undefined;
  readonly upstreams: Readonly<Record<string, string>>;
  readonly port: number | undefined;
  readonly host: string | undefined;
  /** The production host that requests to this machine stand for. */
  readonly asHost: string | undefined;
  /** Where the control API listens, 0 for any free port; undefined where it is not wanted. */
  readonly controlPort: number | undefined;
  readonly envFiles: readonly string[];
  /** What becomes of what is not supported. */
  readonly unsupported: Unsupported | undefined;
  readonly stage: string | undefined;
  readonly variables: Readonly<Record<string, string>>;
  /** Of `token`: claims as JSON or text, and the options of `gateway.token`. */
  readonly claims: Readonly<Record<string, string>>;
  readonly token: {
    readonly expiresIn: string | undefined;
    readonly algorithm: string | undefined;
    readonly persona: string | undefined;
    readonly broken: string | undefined;
  };
  /** Of `record` and `replay`. */
  readonly tapes: string | undefined;
  readonly mode: string | undefined;
  readonly strict: boolean;
  readonly reports: readonly string[];
  /** What stands behind `--`: run with the gateway, which ends with it. */
  readonly program: readonly string[];
  readonly json: boolean;
  readonly quiet: boolean;
  readonly noColor: boolean;
  readonly debug: boolean;
  readonly force: boolean;
  readonly headers: readonly string[];
  readonly data: string | undefined;
  readonly help: boolean;
  readonly version: boolean;
}

/** @throws DevgatewayError DG1501 */
export const wrongUsage = (message: string, hint = 'see devgateway help'): DevgatewayError =>
  new DevgatewayError(diagnosticAt('DG1501', nowhere, message, hint));

/** Reads a command line; `exists` tells files and folders from mistyped commands. @throws DevgatewayError DG1501 where it cannot be understood. */
export function readCommandLine(argv: readonly string[], exists: (name: string) => boolean): CommandLine {
  const end = argv.indexOf('--');
  const { values, positionals } = parse(end < 0 ? argv : argv.slice(0, end));
  const [first, ...rest] = positionals;
  const named = commands.find((one) => one === first);
  // A bare word that is no command and names nothing here is a mistyped command.
  if (named === undefined && first !== undefined && /^[a-z-]+$/.test(first) && !exists(first)) {
    throw wrongUsage(
      `there is no command ${JSON.stringify(first)}${didYouMean(first, commands)}`,
      `expected one of ${commands.join(', ')}, or a file`,
    );
  }
  return {
    command: named ?? 'start',
    positionals: named === undefined ? positionals : rest,
    dialect: values.dialect,
    upstreams: upstreamsOf(values.upstream ?? []),
    port: values.port === undefined ? undefined : portOf('--port', values.port),
    host: values.host,
    asHost: hostOf(values['as-host']),
    controlPort: values['control-port'] === undefined ? (values.control ? 0 : undefined) : portOf('--control-port', values['control-port']),
    envFiles: values['env-file'] ?? [],
    unsupported: unsupportedOf(values.unsupported),
    stage: values.stage,
    variables: pairs('--var', values.var ?? [], 'KEY=VALUE'),
    claims: pairs('--claim', values.claim ?? [], 'NAME=VALUE'),
    token: { expiresIn: values['expires-in'], algorithm: values.algorithm, persona: values.persona, broken: values.broken },
    tapes: values.tapes,
    mode: values.mode,
    strict: values.strict ?? false,
    reports: values.report ?? [],
    program: end < 0 ? [] : argv.slice(end + 1),
    json: values.json ?? false,
    quiet: values.quiet ?? false,
    noColor: values['no-color'] ?? false,
    debug: values.debug ?? false,
    force: values.force ?? false,
    headers: values.header ?? [],
    data: values.data,
    help: values.help ?? false,
    version: values.version ?? false,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: flags, allowPositionals: true, strict: true });
  } catch (error) {
    const unknown = /'(--?[^' ]+)/.exec((error as Error).message)?.[1];
    if ((error as NodeJS.ErrnoException).code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION' && unknown !== undefined) {
      const near = didYouMean(
        unknown,
        Object.keys(flags).map((one) => `--${one}`),
      );
      throw wrongUsage(`there is no option ${unknown}${near}`);
    }
    throw wrongUsage((error as Error).message.split('. ')[0] as string);
  }
}

function hostOf(text: string | undefined): string | undefined {
  if (text === undefined || isHost(text)) return text;
  throw wrongUsage(`--as-host is ${JSON.stringify(text)}`, 'expected a host such as api.example.com');
}

function unsupportedOf(text: string | undefined): Unsupported | undefined {
  if (text === undefined || text === 'pass' || text === 'fail') return text;
  throw wrongUsage(`--unsupported is ${JSON.stringify(text)}`, 'expected pass or fail');
}

function portOf(flag: string, text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw wrongUsage(`${flag} is ${JSON.stringify(text)}`, 'expected a whole number from 0 to 65535; 0 takes any free one');
  return port;
}

function upstreamsOf(given: readonly string[]): Record<string, string> {
  const found = pairs('--upstream', given, 'NAME=URL');
  for (const [name, url] of Object.entries(found)) {
    if (name.startsWith('function:')) continue;
    const problem = problemOfTarget(name, url, /^(?:(?:https?|tcp|rediss?):\/\/.|unix:.|echo:$)/);
    if (problem === undefined) continue;
    throw wrongUsage(`--upstream is ${JSON.stringify(`${name}=${url}`)}${problem}`, `expected a URL, such as ${name}=http://localhost:3000`);
  }
  return found;
}

/** `NAME=VALUE`: the name ends at the first `=`. */
function pairs(flag: string, given: readonly string[], form: string): Record<string, string> {
  const found: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const one of given) {
    const at = one.indexOf('=');
    if (at < 1) throw wrongUsage(`${flag} is ${JSON.stringify(one)}`, `expected ${form}`);
    found[one.slice(0, at)] = one.slice(at + 1);
  }
  return found;
}
