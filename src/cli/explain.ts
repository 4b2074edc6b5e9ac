import { createGateway } from '../gateway/create.ts';
import { printable } from '../report/diagnostics.ts';
import { wrongUsage, type CommandLine } from './arguments.ts';
import { gatewayOptionsOf } from './gateway-options.ts';
import { paintOf, type Terminal } from './terminal.ts';

/** Runs the real chain without sending upstream and prints each decision with the line that caused it. */
export async function explain(line: CommandLine, terminal: Terminal): Promise<number> {
  const [method, target, ...named] = line.positionals;
  if (method === undefined || target === undefined || !/^[\w!#$%&'*+.^`|~-]+$/.test(method))
    throw wrongUsage('explain needs a method and a path', 'devgateway explain GET /orders [CONFIG...]');
  if (!target.startsWith('/') && target !== '*') throw wrongUsage(`the path is ${JSON.stringify(target)}`, 'expected a path that begins with /');
  const given = line.headers.flatMap(headerOf);
  const host = given.some((one, at) => at % 2 === 0 && one.toLowerCase() === 'host') ? [] : ['Host', line.asHost ?? 'localhost'];
  const length = line.data === undefined ? [] : ['Content-Length', String(Buffer.byteLength(line.data))];
  const body = line.data === undefined ? {} : { body: line.data };
  await using gateway = await createGateway({ ...gatewayOptionsOf(line, terminal, named), port: 0 });
  const found = await gateway.explain({ method, target, rawHeaders: [...host, ...given, ...length], ...body });
  if (line.json) {
    terminal.out(JSON.stringify(found));
    return 0;
  }
  const paint = paintOf(terminal, line);
  for (const { what, kind, message, origin } of found.decisions) {
    const place = origin === null || origin.file === '' ? '' : `  ${paint.dim(`${origin.file}:${origin.line}`)}`;
    terminal.out(`${what.padEnd(6)} ${printable(`${kind}  ${message}`)}${place}`);
  }
  terminal.out(found.upstream === null ? `answer ${found.status}` : `sends  ${printable(`${found.upstream.method} ${found.upstream.target}`)}`);
  return 0;
}

function headerOf(text: string): [string, string] {
  const at = text.indexOf(':');
  if (at < 1 || /[\r\n]/.test(text)) throw wrongUsage(`-H is ${JSON.stringify(text)}`, 'expected NAME: VALUE');
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}
