import { expect, it } from 'vitest';
import { whyIgnored } from '../../../src/dialects/kong/kong-conf-reasons.ts';
import { ask, read, start } from './kong-files.ts';

const kong = 'services: [{ url: http://a.internal, routes: [{ paths: [/] }] }]\n';
const names = async (files: Record<string, string>, env: Record<string, string> = {}): Promise<string[]> => {
  await using gateway = await start({ 'kong.yml': kong, ...files }, { env });
  return [...(await ask(gateway)).headers.keys()].filter((one) => /^(?:via|x-kong-)/.test(one)).toSorted();
};

it('acts, comments and all', async () => {
  expect(await names({ 'kong.conf': '# headers = off\nheaders = via # not the others\n' })).toEqual(['via']);
  expect(await names({ 'kong.conf': '  headers=X-Kong-Request-Id,via  \n' })).toEqual(['via', 'x-kong-request-id']);
  expect(await names({ 'kong.conf': 'headers = off\n' })).toEqual([]);
});

it('stands below the environment', async () => {
  expect(await names({ 'kong.conf': 'headers = off\n' }, { KONG_HEADERS: 'via' })).toEqual(['via']);
  expect(await names({}, { KONG_HEADERS: 'off' })).toEqual([]);
});

it('limits bodies as nginx would', async () => {
  for (const [size, status] of [
    ['4', 413],
    ['1k', 200],
    ['1G', 200],
    ['0', 200],
    ['-1', 200],
  ] as const) {
    await using gateway = await start({ 'kong.yml': kong, 'kong.conf': `nginx_http_client_max_body_size = ${size}\n` });
    expect((await fetch(gateway.url, { method: 'POST', body: 'hello' })).status).toBe(status);
  }
});

it('has a verdict for each line, and for none that Kong does not know', async () => {
  const { ledger } = await read({ 'kong.yml': kong, 'kong.conf': 'headers = off\npg_host = db\nheders = off\n' });
  const lines = [...ledger.entries.values()].filter((one) => one.origin.file.endsWith('kong.conf'));
  expect(lines.map((one) => [one.origin.line, one.verdict])).toEqual([
    [1, 'mirrored'],
    [2, 'ignored'],
    [3, 'unknown'],
  ]);
});

// Of each family of kong.conf.default (Kong 3.10), those whose names are the oddest.
it.each(
  `prefix log_level proxy_access_log proxy_stream_error_log admin_access_log status_error_log debug_access_log vaults vault_aws_region anonymous_reports
   proxy_server proxy_server_ssl_verify node_id enforce_rbac rbac_auth_header vitals_strategy konnect_mode portal_gui_listen portal smtp_host proxy_url
   audit_log_ignore_paths stream_listen admin_api_uri admin_gui_url admin_listen status_listen debug_listen cluster_listen cluster_dp_labels lmdb_map_size
   mem_cache_size ssl_cert ssl_cipher_suite client_ssl_cert_key admin_ssl_cert status_ssl_cert upstream_keepalive_pool_size nginx_user
   nginx_worker_processes nginx_main_worker_rlimit_nofile nginx_events_multi_accept nginx_http_charset nginx_http_ssl_protocols nginx_stream_ssl_dhparam
   nginx_admin_client_max_body_size nginx_http_lua_regex_match_limit client_body_buffer_size database pg_host pg_ro_backlog cassandra_port
   declarative_config declarative_config_string db_update_frequency dns_resolver resolver_address worker_consistency worker_state_update_frequency
   lua_socket_pool_size lua_ssl_trusted_certificate lua_package_path feature_conf_path tracing tracing_instrumentations opentelemetry_tracing
   route_validation_strategy enforce_route_path_pattern keyring_enabled event_hooks_enabled fips role kic pluginserver_names pluginserver_go_socket
   cluster_telemetry_listen untrusted_lua untrusted_lua_sandbox_requires allow_inconsistent_data_plane_plugins legacy_worker_events openresty_path
   host_ports generate_trace_details cluster_fallback_config_import wasm wasm_filters_path request_debug_token log_level analytics_flush_interval
   _debug_pg_ttl_cleanup_interval max_queued_batches`.split(/\s+/),
)('%s has a reason', (name) => {
  expect(whyIgnored(name)).toBeTypeOf('string');
});
