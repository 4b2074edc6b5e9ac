import { definePlugin, type KongPlugin } from './plugin.ts';

/** A plugin that only tells others what has happened, in a way that nobody listens to here: each setting with its reason. */
const unsent = (name: string, reasons: Readonly<Record<string, string>>): KongPlugin =>
  definePlugin({
    name,
    read(config) {
      for (const [key, why] of Object.entries(reasons)) config.get(key).ignored(why);
      return {};
    },
  });

const lua = { custom_fields_by_lua: 'Lua is not run, and no log is sent' };
const queued = {
  retry_count: 'nothing is sent that could be tried again',
  queue_size: 'nothing is sent that could be collected',
  flush_timeout: 'nothing is sent that could be collected',
  queue: 'nothing is sent that could be collected',
};
const severities = {
  log_level: 'no message is sent that would have a level',
  successful_severity: 'no message is sent that would have a severity',
  client_errors_severity: 'no message is sent that would have a severity',
  server_errors_severity: 'no message is sent that would have a severity',
};

export const tcpLog: KongPlugin = unsent('tcp-log', {
  host: 'log lines are not sent over TCP; http-log and file-log are mirrored',
  port: 'log lines are not sent over TCP; http-log and file-log are mirrored',
  timeout: 'no connection to the log server is made',
  keepalive: 'no connection to the log server is kept',
  tls: 'no connection to the log server is made',
  tls_sni: 'no connection to the log server is made',
  ...lua,
});
export const udpLog: KongPlugin = unsent('udp-log', {
  host: 'log lines are not sent over UDP; http-log and file-log are mirrored',
  port: 'log lines are not sent over UDP; http-log and file-log are mirrored',
  timeout: 'no datagram is sent that could time out',
  ...lua,
});
export const syslog: KongPlugin = unsent('syslog', { facility: 'nothing is written to the syslog of this machine', ...severities, ...lua });
export const loggly: KongPlugin = unsent('loggly', {
  host: 'nothing is sent to Loggly',
  port: 'nothing is sent to Loggly',
  key: 'nothing is sent to Loggly, so no token is needed',
  tags: 'nothing is sent that would carry tags',
  timeout: 'nothing is sent that could time out',
  ...severities,
  ...lua,
});
export const statsd: KongPlugin = unsent('statsd', {
  host: 'metrics are not sent over UDP or TCP',
  port: 'metrics are not sent over UDP or TCP',
  prefix: 'no metric is sent that would have a name',
  metrics: 'no metric is sent',
  allow_status_codes: 'no metric is sent that would depend on a status',
  udp_packet_size: 'no datagram is sent',
  use_tcp: 'metrics are not sent over UDP or TCP',
  hostname_in_prefix: 'no metric is sent that would have a name',
  consumer_identifier_default: 'no metric is sent that would name a consumer',
  service_identifier_default: 'no metric is sent that would name a service',
  workspace_identifier_default: 'there is one workspace, and no metric is sent',
  tag_style: 'no metric is sent that would carry tags',
  ...queued,
});
export const datadog: KongPlugin = unsent('datadog', {
  host: 'metrics are not sent to an agent of Datadog',
  port: 'metrics are not sent to an agent of Datadog',
  prefix: 'no metric is sent that would have a name',
  service_name_tag: 'no metric is sent that would carry tags',
  status_tag: 'no metric is sent that would carry tags',
  consumer_tag: 'no metric is sent that would carry tags',
  metrics: 'no metric is sent',
  ...queued,
});
