import { flushCompileCache } from 'node:module';
import path from 'node:path';
import { createGateway } from '../gateway/create.ts';
import type { Gateway, GatewayOptions, TapeOptions } from '../gateway/types.ts';
import type { UnhandledError } from '../gateway/unhandled.ts';
import { logText } from '../gateway/function-log.ts';
import { printable } from '../report/diagnostics.ts';
import type { Paint } from '../report/paint.ts';
import type { CommandLine } from './arguments.ts';
import { failure } from './failure.ts';
import { gatewayOptionsOf } from './gateway-options.ts';
import { placeOf } from './place-of.ts';
import { paintOf, type Terminal } from './terminal.ts';
import { requestLine } from './request-line.ts';
import { version } from './version.ts';

/** Serves until the process is asked to end. */
export const start = (line: CommandLine, terminal: Terminal): Promise<number> => serve(line, terminal);

/** How a command differs from `start`. */
export interface Serving {
  readonly traffic: TapeOptions;
  /** Prints what came of it; answers the exit code. `program`: that of the program that ran with the gateway, 0 where none did. */
  readonly conclude: (gateway: Gateway, program: number) => Promise<number>;
}

export async function serve(line: CommandLine, terminal: Terminal, serving?: Serving): Promise<number> {
  const speaks = !line.json && !line.quiet;
  const paint = paintOf(terminal, line);
  const { controlPort } = line;
  const controlled = controlPort === undefined ? null : await import('./control.ts');
  const given = terminal.env['DEVGATEWAY_CONTROL_TOKEN'] ?? '';
  const options: GatewayOptions = {
    asHost: true,
    traffic: serving?.traffic ?? controlled !== null,
    keepTokenKeys: true,
    ...(controlPort === undefined ? {} : { control: { port: controlPort, ...(given === '' ? {} : { token: given }) } }),
    ...gatewayOptionsOf(line, terminal),
    watch: true,
    onReload(error) {
      if (error !== null) failure(error, line, terminal);
      else if (speaks) {
        terminal.out(paint.dim(`reloaded: ${gateway.routes.length} routes`));
        for (const one of gateway.listeners) if (!known.has(one.url)) terminal.out(`  ${paint.cyan(one.url)}  ${placeOf(one)}`);
        known = new Set(gateway.listeners.map(({ url }) => url));
      }
    },
    onError: (one) => terminal.err(paint.red(threw(one))),
    // Standard output is for one JSON document, where that was asked for.
    onFunctionLog: (one) => (speaks ? terminal.out : terminal.err)(printable(logText(one))),
    ...(speaks ? { onExchange: (record) => terminal.out(requestLine(record, paint)) } : {}),
  };
  await using gateway = await createGateway(options, undefined, controlled?.openControlIn(terminal.folder) ?? null);
  let known = new Set(gateway.listeners.map(({ url }) => url));
  const readyMs = Math.round(performance.now());
  if (line.json && serving === undefined)
    terminal.out(
      JSON.stringify({
        version: version(),
        readyMs,
        sources: gateway.sources,
        listeners: gateway.listeners,
        routes: gateway.routes,
        fidelity: gateway.fidelity.counts,
        ...(gateway.control === null ? {} : { control: { url: gateway.control.url } }),
      }),
    );
  else if (speaks) {
    terminal.out(await banner(gateway, readyMs, line, terminal));
    if (gateway.control !== null && controlled !== null) terminal.out(controlled.controlLine(gateway.control, terminal.folder));
  }
  // A process that is killed writes nothing: what was compiled is kept now.
  setImmediate(flushCompileCache);
  const program = line.program.length === 0 ? 0 : await (await import('./run-program.ts')).runProgram(line, gateway.url, terminal);
  if (line.program.length === 0) await stopped(gateway, line, terminal);
  return serving === undefined ? program : serving.conclude(gateway, program);
}

async function banner(gateway: Gateway, readyMs: number, line: CommandLine, terminal: Terminal): Promise<string> {
  const paint = paintOf(terminal, line);
  const { counts } = gateway.fidelity;
  const files = gateway.sources.map((one) => `${one.file} (${one.dialect})`);
  return [
    `${paint.bold('devgateway')} ${version()}  ready in ${readyMs} ms`,
    `  read ${files.join(', ')}: ${gateway.routes.length} routes`,
    `  ${counts.mirrored} mirrored, ${counts.approximated} approximated, ${counts.ignored} ignored, ${counts.unknown} unknown (devgateway check shows which)`,
    ...gateway.listeners.map((one) => `  ${paint.cyan(one.url)}  ${placeOf(one)}`),
    ...testTokens(gateway, paint),
    `  try: curl -i ${await authorization(gateway)}${gateway.url}${somePath(gateway)}`,
    tapeLine(gateway, terminal),
    terminal.input === null || line.program.length > 0 ? '' : paint.dim('  h help, r reload, u urls, o routes, c clear, q quit'),
  ]
    .filter((one) => one !== '')
    .join('\n');
}

/** With its stack: it is the user's own code that failed. */
const threw = ({ upstream, request, error }: UnhandledError): string =>
  printable(`${upstream} threw${request === '' ? '' : ` on ${request}`}\n${error instanceof Error ? error.stack : String(error)}`);

/** Whether upstreams are recorded or replayed is never left unsaid. */
function tapeLine({ tapes }: Gateway, { folder }: Terminal): string {
  const { mode, file } = tapes.report();
  return mode === 'off' ? '' : `  ${tapeVerbs[mode]} ${path.relative(folder, file)}`;
}
const tapeVerbs = {
  record: 'records to',
  'record-missing': 'answers from, and records what is missing to',
  replay: 'answers from',
  strict: 'answers from',
};

/** Keys that production does not have are never accepted without a word. */
function testTokens(gateway: Gateway, paint: Paint): string[] {
  const issuers = [...new Set(gateway.expectedTokens.map(({ issuer }) => issuer ?? 'any issuer'))];
  if (issuers.length === 0) return [];
  return [paint.yellow(`  test tokens are accepted beside those of ${issuers.join(', ')}`), '  mint one: devgateway token'];
}

/** The token of the first policy; nothing where no test key can sign it. */
async function authorization(gateway: Gateway): Promise<string> {
  if (gateway.expectedTokens.length === 0) return '';
  try {
    return `-H 'Authorization: Bearer ${await gateway.token()}' `;
  } catch {
    return '';
  }
}

/** A path that the first route with a plain one matches. */
function somePath(gateway: Gateway): string {
  for (const { match } of gateway.routes) {
    const path = /(?:^|\s)(\/[^\s|~^]*)/.exec(match)?.[1];
    if (path !== undefined) return path.replaceAll(/\{[^}]*\}|\*/g, '1');
  }
  return '/';
}

function stopped(gateway: Gateway, line: CommandLine, terminal: Terminal): Promise<void> {
  return new Promise((resolve) => {
    let release: (() => void) | null = null;
    let ended = false;
    const quit = (): void => {
      ended = true;
      forget();
      release?.();
      resolve();
    };
    const forget = terminal.onStop(quit);
    const { input } = terminal;
    if (input === null || line.json) return;
    void import('./shortcuts.ts').then(({ listenForKeys }) => {
      if (!ended) release = listenForKeys(input, { gateway, line, terminal, quit });
    });
  });
}
