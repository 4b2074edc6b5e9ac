import { createGateway } from '../gateway/create.ts';
import { brokenNames, type TokenOptions } from '../identity/mint.ts';
import { personaNames } from '../identity/personas.ts';
import { testAlgorithms } from '../identity/test-keys.ts';
import { DevgatewayError } from '../model/error.ts';
import { wrongUsage, type CommandLine } from './arguments.ts';
import { gatewayOptionsOf } from './gateway-options.ts';
import type { Terminal } from './terminal.ts';

/** Mints a test token that the configuration accepts; standard output carries the token alone. */
export async function token(line: CommandLine, terminal: Terminal): Promise<number> {
  const options: TokenOptions = {
    ...(line.token.expiresIn === undefined ? {} : { expiresIn: line.token.expiresIn }),
    ...one('--algorithm', 'algorithm', line.token.algorithm, testAlgorithms),
    ...one('--persona', 'persona', line.token.persona, personaNames),
    ...one('--broken', 'broken', line.token.broken, brokenNames),
  };
  const claims = Object.fromEntries(Object.entries(line.claims).map(([name, value]) => [name, valueOf(value)]));
  await using gateway = await open(line, terminal);
  try {
    terminal.out(await gateway.token(claims, options));
  } catch (error) {
    if (error instanceof TypeError) throw wrongUsage(error.message);
    throw error;
  }
  return 0;
}

/** Without any configuration a token is minted all the same. */
async function open(line: CommandLine, terminal: Terminal): Promise<Awaited<ReturnType<typeof createGateway>>> {
  const options = { ...gatewayOptionsOf(line, terminal), port: 0, keepTokenKeys: true };
  try {
    return await createGateway(options);
  } catch (error) {
    if (error instanceof DevgatewayError && error.code === 'DG1001' && line.positionals.length === 0)
      return createGateway({ ...options, config: {} });
    throw error;
  }
}

function one<const N extends string, const T extends string>(
  flag: string,
  name: N,
  given: string | undefined,
  known: readonly T[],
): { readonly [K in N]?: T } {
  if (given === undefined) return {};
  const found = known.find((value) => value === given);
  if (found === undefined) throw wrongUsage(`${flag} is ${JSON.stringify(given)}`, `expected one of ${known.join(', ')}`);
  return { [name]: found } as { readonly [K in N]?: T };
}

/** `true`, `7`, `["a"]` and `null` as JSON, everything else as it stands. */
function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
