import type { Exchange } from '../../engine/exchange.ts';
import type { StepKind } from '../../engine/kit.ts';
import { parseQuery, formatQuery } from '../../http/query.ts';
import type { Setting } from '../../sources/setting.ts';
import { requestIdOf } from './identifiers.ts';
import { compileValue } from './values.ts';

/** One change of a message: `append:header.x-id`, and what with. */
export interface Change {
  readonly action: 'append' | 'overwrite' | 'remove';
  readonly place: 'header' | 'querystring' | 'path' | 'statuscode';
  readonly name: string;
  readonly from: string;
}
export interface ResponseChanges {
  /** By the status of the integration. */
  readonly byStatus: Readonly<Record<string, readonly Change[]>>;
}

/** Source: the developer guide, reserved headers of parameter mapping. */
const reserved =
  /^(?:access-control-.*|apigw-.*|authorization|connection|content-encoding|content-length|content-location|forwarded|keep-alive|origin|proxy-authenticate|proxy-authorization|te|trailers?|transfer-encoding|upgrade|x-amz-.*|x-amzn-.*|x-forwarded-for|x-forwarded-host|x-forwarded-proto|via)$/i;

/** Reads one mapping; `side` says which places there are. */
export function readChange(destination: string, source: Setting, side: 'request' | 'response'): Change[] {
  const [, action, place, name = ''] = /^(append|overwrite|remove):(header|querystring|path|statuscode)(?:\.(.+))?$/.exec(destination) ?? [];
  const there = side === 'request' ? place !== 'statuscode' : place === 'header' || place === 'statuscode';
  const whole = place === 'path' || place === 'statuscode';
  if (action === undefined || place === undefined || !there || (name === '') !== whole || (whole && action !== 'overwrite'))
    return source.problem('DG1203', `${destination} is no mapping of a ${side}`, 'expected append:header.NAME, overwrite:path and the like') ?? [];
  if (place === 'header' && reserved.test(name)) return source.problem('DG1203', `${name} is a reserved header`, 'it cannot be mapped') ?? [];
  const from = source.string() ?? '';
  if (action !== 'remove' && compileValue(from) === undefined) {
    source.warning('DG1208', `${from} is not supported yet in a mapping`, `${destination} does nothing until then`);
    return [];
  }
  return [{ action, place, name, from } as Change];
}

type Act = (exchange: Exchange, requestId: string) => void;

/** Applies changes to what goes to an HTTP integration. `overwrite:path` is read by the integration itself. */
export function requestChanges(changes: readonly Change[]): Act {
  const acts = changes.flatMap(({ action, place, name, from }): Act[] => {
    const value = compileValue(from);
    if (place === 'header')
      return [
        (exchange, id) => {
          const { headers } = exchange.outgoing;
          const text = action === 'remove' ? undefined : value?.(exchange, id);
          if (action === 'remove') headers.remove(name);
          else if (text === undefined) return;
          else if (action === 'overwrite') headers.set(name, clean(text));
          else headers.append(name, clean(text));
        },
      ];
    if (place !== 'querystring') return [];
    return [
      (exchange, id) => {
        const text = action === 'remove' ? undefined : value?.(exchange, id);
        if (action !== 'remove' && text === undefined) return;
        const [, query = ''] = /\?(.*)$/.exec(exchange.outgoing.target ?? '') ?? [];
        const path = (exchange.outgoing.target ?? '').split('?', 1)[0] as string;
        const pairs = parseQuery(query).filter(([key]) => action === 'append' || key !== name);
        if (text !== undefined) pairs.push([name, text]);
        exchange.outgoing.target = pairs.length === 0 ? path : `${path}?${formatQuery(pairs)}`;
      },
    ];
  });
  return (exchange, id) => {
    for (const act of acts) act(exchange, id);
  };
}

const clean = (text: string): string => text.replaceAll(/[\r\n\0]/g, '');

/** Changes what an integration answered, by its status. */
export const responseParameters: StepKind<ResponseChanges> = {
  kind: 'aws-http/response-parameters',
  create: ({ byStatus }, { random }) => {
    const compiled = new Map(
      Object.entries(byStatus).map(([status, changes]) => [Number(status), changes.map((one) => ({ ...one, value: compileValue(one.from) }))]),
    );
    return (exchange) => {
      const { response } = exchange;
      const changes = response?.from === 'fault' ? undefined : compiled.get(response?.status ?? 0);
      if (response === null || changes === undefined) return undefined;
      for (const { action, place, name, value } of changes) {
        const text = value?.(exchange, requestIdOf(exchange, random));
        if (action === 'remove') response.headers.remove(name);
        else if (text === undefined) continue;
        else if (place === 'statuscode') response.status = /^[1-5]\d\d$/.test(text) ? Number(text) : response.status;
        else if (action === 'overwrite') response.headers.set(name, clean(text));
        else response.headers.append(name, clean(text));
      }
      return undefined;
    };
  },
};
