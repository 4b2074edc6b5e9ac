import { cidrMatcher } from '../../../http/cidr.ts';
import { LineFile } from './line-file.ts';
import { ignoreCustomFields, logEntry } from './log-entry.ts';
import { loggedRoutes, type LoggedRoutes } from './logged-entities.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface FileLog {
  readonly path: string;
  readonly reopen: boolean;
  readonly routes: LoggedRoutes;
  readonly trustedIps: readonly string[];
}

/** Source: kong/plugins/file-log/handler.lua. One line of JSON for each request, where the configuration says. */
export const fileLog: KongPlugin = definePlugin<never, never, never, never, FileLog>({
  name: 'file-log',
  read(config, { routes, node }) {
    ignoreCustomFields(config);
    const path = config.get('path').string() ?? '';
    if (path === '') config.problem('DG1204', 'file-log has no path', 'expected path: where to write, such as /tmp/kong.log or /dev/stdout');
    else if (!/^[^*&%`]+$/.test(path))
      config.get('path').problem('DG1203', `the path is ${JSON.stringify(path)}`, 'expected a file name without *, &, % and `');
    return { log: { path, reopen: config.get('reopen').boolean() ?? false, routes: loggedRoutes(routes), trustedIps: node.trustedIps } };
  },
  log({ path, reopen, routes, trustedIps }, { random, clock, memory }) {
    const sources = { routes, trusted: cidrMatcher(trustedIps), random };
    return (exchange) => {
      if (exchange.dry) return undefined;
      const file = memory.get(`${exchange.scope}kong:file-log:${path}`, () => new LineFile(path));
      file.add(`${JSON.stringify(logEntry(exchange, (exchange.clock ?? clock).now(), sources))}\n`, reopen);
      return undefined;
    };
  },
});
