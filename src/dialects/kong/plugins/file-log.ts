import { clientFinder, type RealIp } from '../client-address.ts';
import { LineFile } from '../../line-file.ts';
import { readCustomFields, withCustomFields, type CustomField } from './custom-fields.ts';
import { logEntry } from './log-entry.ts';
import { loggedRoutes, type LoggedRoutes } from './logged-entities.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface FileLog {
  readonly path: string;
  readonly reopen: boolean;
  readonly custom: readonly CustomField[];
  readonly routes: LoggedRoutes;
  readonly realIp: RealIp;
}

/** Source: kong/plugins/file-log/handler.lua. One line of JSON for each request, where the configuration says. */
export const fileLog: KongPlugin = definePlugin<never, never, never, never, FileLog>({
  name: 'file-log',
  read(config, { routes, node }) {
    const path = config.get('path').string() ?? '';
    if (path === '') config.problem('DG1204', 'file-log has no path', 'expected path: where to write, such as /tmp/kong.log or /dev/stdout');
    else if (!/^[^*&%`]+$/.test(path))
      config.get('path').problem('DG1203', `the path is ${JSON.stringify(path)}`, 'expected a file name without *, &, % and `');
    return {
      log: {
        path,
        reopen: config.get('reopen').boolean() ?? false,
        custom: readCustomFields(config),
        routes: loggedRoutes(routes),
        realIp: node.realIp,
      },
    };
  },
  log({ path, reopen, custom, routes, realIp }, { random, clock, memory }) {
    const sources = { routes, clientOf: clientFinder(realIp), random };
    return (exchange) => {
      if (exchange.dry) return undefined;
      const file = memory.get(`${exchange.scope}kong:file-log:${path}`, () => new LineFile(path));
      file.add(`${JSON.stringify(withCustomFields(logEntry(exchange, (exchange.clock ?? clock).now(), sources), custom))}\n`, reopen);
      return undefined;
    };
  },
});
