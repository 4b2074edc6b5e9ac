import { refuse, reply } from '../../../engine/outcome.ts';
import { formatQuery, parseQuery } from '../../../http/query.ts';
import { kongExit } from '../faults.ts';
import { kongVersion } from '../upstream-request.ts';
import { notAsked } from './not-asked.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';
import { requestFields } from './tables.ts';

interface Azure {
  readonly url: string;
  /** Flat: name, value. */
  readonly keys: readonly string[];
  readonly timeoutMs: number;
  readonly via: boolean;
}
const trimSlashes = (text: string): string => text.replaceAll(/^\/+|\/+$/g, '');
const ofConnection = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive', 'content-encoding']);

/** Source: kong/plugins/azure-functions/handler.lua. Asks what is mapped to the host of the function app. */
export const azureFunctions: KongPlugin = definePlugin<Azure>({
  name: 'azure-functions',
  read(config, { node }) {
    config.get('https_verify').ignored('what stands for Azure is not asked for a certificate');
    config.get('keepalive').ignored('connections are pooled as those to upstreams');
    const needed = (key: string): string => {
      const value = config.get(key).approximately('a mapped upstream stands for Azure; answers that are no text are not kept').string() ?? '';
      if (value === '') config.problem('DG1204', `azure-functions has no ${key}`, `expected ${key}`);
      return value;
    };
    const host = `${needed('appname')}.${config.get('hostdomain').string() ?? 'azurewebsites.net'}`;
    const prefix = trimSlashes(config.get('routeprefix').string() ?? 'api');
    const key = config.get('apikey').string();
    const client = config.get('clientid').string();
    return {
      access: {
        url: `${(config.get('https').boolean() ?? true) ? 'https' : 'http'}://${host}${prefix === '' ? '' : `/${prefix}`}/${trimSlashes(needed('functionname'))}`,
        keys: [...(key === undefined ? [] : ['x-functions-key', key]), ...(client === undefined ? [] : ['x-functions-clientid', client])],
        timeoutMs: config.get('timeout').number({ min: 1 }) ?? 600_000,
        via: node.headers.has('via'),
      },
    };
  },
  access({ url, keys, timeoutMs, via }, { fetch }) {
    return async (exchange) => {
      if (exchange.dry) return notAsked(exchange, url);
      const headers = requestFields(exchange);
      headers.filter((name) => name !== 'host' && !ofConnection.has(name));
      for (let at = 0; at < keys.length; at += 2) headers.set(keys[at] as string, keys[at + 1] as string);
      const query = formatQuery(parseQuery(exchange.query));
      const body = await exchange.body.whole(10 * 1024 * 1024);
      try {
        const answer = await fetch(query === '' ? url : `${url}?${query}`, {
          method: exchange.method,
          headers: headers.raw,
          ...(body.length === 0 ? {} : { body }),
          timeoutMs,
          mappedOnly: true,
          within: { scope: exchange.scope, clock: exchange.clock },
        });
        answer.headers.filter((name) => !ofConnection.has(name));
        if (via) answer.headers.append('Via', `${exchange.arrived.httpVersion} kong/${kongVersion}`);
        return reply(answer.status, answer.headers.raw, answer.text);
      } catch (error) {
        exchange.note(String(error));
        return refuse(kongExit(500, { message: 'An unexpected error ocurred' }));
      }
    };
  },
});
