import { refuse, reply } from '../../../engine/outcome.ts';
import { queryValue } from '../../../http/query.ts';
import { kongExit } from '../faults.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface Termination {
  readonly status: number;
  readonly message: string | null;
  readonly body: string | null;
  readonly type: string | null;
  readonly echo: boolean;
  readonly trigger: string | null;
}
const usual: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not found',
  405: 'Method not allowed',
  500: 'An unexpected error occurred',
  502: 'Bad Gateway',
  503: 'Service unavailable',
};

/** Source: kong/plugins/request-termination/handler.lua. */
export const requestTermination: KongPlugin = definePlugin<Termination>({
  name: 'request-termination',
  read: (config) => ({
    access: {
      status: config.get('status_code').number({ min: 100, max: 599 }) ?? 503,
      message: config.get('message').string() ?? null,
      body: config.get('body').string() ?? null,
      type: config.get('content_type').string() ?? null,
      echo: config.get('echo').boolean() ?? false,
      trigger: config.get('trigger').string() ?? null,
    },
  }),
  access({ status, message, body, type, echo, trigger }) {
    return (exchange) => {
      if (trigger !== null && !exchange.arrived.headers.has(trigger) && queryValue(exchange.query, trigger) === undefined) return undefined;
      if (echo) {
        return exchange.body.whole(1024 * 1024).then((bytes) =>
          refuse(
            kongExit(status, {
              message: message ?? usual[status],
              request: {
                method: exchange.method,
                path: exchange.arrived.target,
                headers: Object.fromEntries([...exchange.arrived.headers].map(([name, value]) => [name.toLowerCase(), value])),
                raw_body: bytes.toString('utf8'),
              },
            }),
          ),
        );
      }
      if (body !== null) return reply(status, ['Content-Type', type ?? 'application/json; charset=utf-8'], body);
      return refuse(kongExit(status, { message: message ?? usual[status] }));
    };
  },
});
