/** Settings of kong.conf.default (Kong 3.10 and Enterprise) that do nothing here, and why: by name or by what a name begins with. */
const reasons: readonly (readonly [names: RegExp, why: string])[] = [
  [
    /^(?:prefix|pid|nginx_pid|nginx_user|nginx_daemon|nginx_worker_processes|nginx_main_.*)$/,
    'how the processes of a node run has no bearing on its answers',
  ],
  [/^(?:log_level|.*_access_log|.*_error_log|log_.*|debug_.*log|_debug_.*)$/, 'logs are written by the command line here'],
  [
    /^(?:database|declarative_config.*|pg_.*|cassandra_.*|storage|lmdb_.*|db_.*|nginx_stream_.*shared_dict.*)$/,
    'the configuration is read from the files that are named, never from a database',
  ],
  [/^(?:admin_.*|enforce_rbac|rbac_.*|audit_log.*|.*_gui_.*|portal.*|default_portal.*|smtp.*)$/, 'there is no Admin API, Manager or portal here'],
  [/^(?:status_.*|debug_listen.*)$/, 'there is no status API here'],
  [
    /^(?:role|cluster_.*|control_plane.*|cluster|incremental_sync|rpc.*|dedicated_config_processing|privileged_agent|konnect.*|data_plane.*|hybrid.*)$/,
    'there is one node here, and no control plane',
  ],
  [/^(?:anonymous_reports|phone_home|license.*|vitals.*|kic|analytics.*|telemetry.*)$/, 'nothing is reported to anybody'],
  [
    /^(?:tracing(?:_.*)?|generate_trace_details|opentelemetry_.*|request_debug.*|active_tracing.*)$/,
    'tracing shows how a node works, not what it answers',
  ],
  [/^(?:pluginserver_.*|lua_package_.*|lua_.*path|custom_plugins.*)$/, 'plugins in other languages are not run here'],
  [
    /^(?:lua_ssl_.*|proxy_server.*|proxy_url|ssl_trusted.*)$/,
    'upstreams are reached on this machine, without the certificates and proxies of production',
  ],
  [
    /^(?:ssl_.*|client_ssl.*|nginx_.*_ssl_.*|proxy_ssl.*|old_.*ssl.*)$/,
    'TLS is spoken with certificates of this machine, in the versions that Node has',
  ],
  [/^(?:dns_.*|resolver_.*|new_dns_client)$/, 'names of upstreams are mapped to this machine, not looked up'],
  [
    /^(?:mem_cache_size|worker_.*|events_.*|upstream_keepalive.*|nginx_upstream_.*|nginx_events_.*|max_queued_batches|event_hooks_.*|concurrency.*)$/,
    'caches, workers and pools of connections have no bearing on answers',
  ],
  [/^(?:lua_max_.*|lua_socket_.*|untrusted_lua.*)$/, 'Lua is not run here'],
  [/^(?:wasm.*|nginx_wasm.*)$/, 'filters in WebAssembly are not run here'],
  [/^(?:stream_listen|nginx_stream.*|nginx_sproxy.*|stream_.*)$/, 'streams (TCP, UDP, TLS passed through) are not served here'],
  [/^(?:vaults|vault_(?!env_prefix$).*)$/, 'of the vaults only env is asked here'],
  [/^(?:keyring.*|fips|enforce_.*|allow_inconsistent.*|.*encryption.*)$/, 'nothing is stored here that would have to be encrypted'],
  [/^(?:proxy_listen)$/, 'ports are chosen on this machine'],
  [/^(?:port_maps|host_ports|real_ip_.*|allow_debug_header|error_template_.*)$/, 'not mirrored yet'],
  [
    /^(?:route_validation_strategy|route_match_calculation|feature_conf_path|enable_.*|ai_.*|pdk_.*|openresty_.*|legacy_.*|charset|node_id|node_.*|client_.*|nginx_.*|router_.*)$/,
    'a setting of nginx or of how a node is built, which is not mirrored',
  ],
];

/** Undefined for what Kong does not know. */
export const whyIgnored = (name: string): string | undefined => reasons.find(([names]) => names.test(name))?.[1];
