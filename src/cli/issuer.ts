import { createGateway } from '../gateway/create.ts';
import { issuerOf } from '../gateway/identity.ts';
import { DevgatewayError } from '../model/error.ts';
import type { FetchHandler } from '../transport/served-upstream.ts';
import type { CommandLine } from './arguments.ts';
import { loadRequestOf } from './configuration.ts';
import { paintOf, type Terminal } from './terminal.ts';

/** Serves the local identity provider alone, until the process is asked to end. */
export async function issuer(line: CommandLine, terminal: Terminal): Promise<number> {
  const handler = await handlerFor(line, terminal);
  await using gateway = await createGateway({
    config: { routes: [{ match: { path: '/*' }, upstream: 'issuer', preserveHost: true }] },
    upstreams: { issuer: handler },
    traffic: false,
    ...(line.port === undefined ? {} : { port: line.port }),
    ...(line.host === undefined ? {} : { host: line.host }),
  });
  const { url } = gateway;
  const found = (await (await gateway.fetch(`${url}/.well-known/openid-configuration`)).json()) as Readonly<Record<string, unknown>>;
  if (line.json) terminal.out(JSON.stringify({ url, ...found }));
  else if (!line.quiet) {
    const paint = paintOf(terminal, line);
    terminal.out(`${paint.bold('devgateway')} issues tokens of ${String(found['issuer'])}`);
    for (const name of ['openid-configuration', 'jwks.json']) terminal.out(`  ${paint.cyan(`${url}/.well-known/${name}`)}`);
    terminal.out(`  try: curl -d grant_type=client_credentials ${url}/token`);
  }
  await new Promise<void>((resolve) => {
    const forget = terminal.onStop(() => (forget(), resolve()));
  });
  return 0;
}

/** Without any configuration it issues in its own name. */
async function handlerFor(line: CommandLine, terminal: Terminal): Promise<FetchHandler> {
  try {
    return await issuerOf(terminal.folder, loadRequestOf(line, terminal));
  } catch (error) {
    if (!(error instanceof DevgatewayError && error.code === 'DG1001' && line.positionals.length === 0)) throw error;
    return issuerOf(terminal.folder, null);
  }
}
