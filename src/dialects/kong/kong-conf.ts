import path from 'node:path';
import { diagnosticAt } from '../../model/error.ts';
import type { Ledger } from '../../model/ledger.ts';
import type { Origin } from '../../model/origin.ts';
import type { Files } from '../../sources/files.ts';
import { whyIgnored } from './kong-conf-reasons.ts';

/** What the node is told. `wrong` reports a value that cannot be meant, over its line. */
export interface KongConf {
  get(name: string): string | undefined;
  wrong(name: string, hint: string): void;
}

/** Settings that act here. */
const mirrored: ReadonlySet<string> = new Set([
  'router_flavor',
  'route_match_calculation',
  'trusted_ips',
  'headers',
  'headers_upstream',
  'error_default_type',
  'error_template_html',
  'error_template_json',
  'error_template_plain',
  'error_template_xml',
  'proxy_listen',
  'port_maps',
  'real_ip_header',
  'real_ip_recursive',
  'nginx_http_large_client_header_buffers',
  'nginx_proxy_large_client_header_buffers',
  'nginx_http_client_max_body_size',
  'nginx_proxy_client_max_body_size',
  'nginx_proxy_real_ip_header',
  'nginx_proxy_real_ip_recursive',
  'allow_debug_header',
  'status_listen',
  'tracing_instrumentations',
  'tracing_sampling_rate',
  'opentelemetry_tracing',
  'opentelemetry_tracing_sampling_rate',
  'client_body_buffer_size',
  'nginx_http_client_body_buffer_size',
  'untrusted_lua',
  'untrusted_lua_sandbox_environment',
  'vault_env_prefix',
  'plugins',
]);

/**
 * What `kong.conf` beside the configuration says, with `KONG_*` of the environment above it, as Kong has it (kong.conf_loader).
 * Each line is a leaf of the ledger.
 */
export function readKongConf(folder: string, files: Files, ledger: Ledger, env: Readonly<Record<string, string | undefined>>): KongConf {
  const file = path.join(folder, 'kong.conf');
  const values = new Map<string, string>();
  const origins = new Map<string, Origin>();
  for (const [index, line] of ((folder === '' ? undefined : files.read(file)) ?? '').split(/\r?\n/).entries()) {
    const match = /^\s*([A-Za-z_0-9]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (match === null) continue;
    const [, name, value] = match as unknown as [string, string, string];
    values.set(name, withoutComment(value));
    const origin = { file: files.nameOf(file), line: index + 1, column: 1, pointer: `/${name}` };
    origins.set(name, origin);
    ledger.leaf(origin);
    const why = mirrored.has(name) ? undefined : whyIgnored(name);
    if (mirrored.has(name)) ledger.settle(origin, 'mirrored', 'kong/node');
    else if (why !== undefined) ledger.settle(origin, 'ignored', 'kong/node', why);
  }
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || !name.startsWith('KONG_')) continue;
    const setting = name.slice('KONG_'.length).toLowerCase();
    values.set(setting, value.trim());
    origins.set(setting, { file: `${name} of the environment`, line: 0, column: 0, pointer: '' });
  }
  return {
    get: (name) => values.get(name),
    wrong(name, hint) {
      const origin = origins.get(name);
      if (origin !== undefined) ledger.report(diagnosticAt('DG1203', origin, `${name} is ${values.get(name) ?? ''}`, hint));
    },
  };
}

/** A `#` begins a comment, `\#` is one that is meant. */
const withoutComment = (value: string): string =>
  value
    .replace(/(?<!\\)#.*$/, '')
    .trimEnd()
    .replaceAll('\\#', '#');
