import type { Destination } from '../../model/gateway.ts';
import type { Setting } from '../../sources/setting.ts';
import type { CacheOptions, CacheSettings } from './cache.ts';
import { readFrom, readRequestParameters, type From } from './mapping/parameters.ts';

/** The destination of a method behind the cache of its stage, where that has one for it. `method`: of the resource; one for ANY keeps what was asked by GET. */
export function withCache(
  destination: Destination,
  integration: Setting,
  settings: CacheSettings | null,
  { stage, resource, method }: { readonly stage: string; readonly resource: string; readonly method: string },
): Destination {
  const [namespace, parameters] = [integration.get('cacheNamespace'), integration.get('cacheKeyParameters')];
  if (settings === null) {
    for (const one of [namespace, parameters]) one.ignored('the stage has no cache for this method');
    return destination;
  }
  const mapped = integration.get('requestParameters').exists ? readRequestParameters(integration.get('requestParameters')) : [];
  const key = parameters.items().flatMap((one): From[] => {
    const text = one.string() ?? '';
    const [, to, name] = /^integration\.request\.(path|querystring|header)\.(.+)$/.exec(text) ?? [];
    const from =
      to === undefined ? readFrom(text, 'method.request') : mapped.find((parameter) => parameter.to === to && parameter.name === name)?.from;
    if (from !== undefined) return [from];
    one.problem('DG1203', `${JSON.stringify(text)} is no parameter of a request`, 'expected method.request.path|querystring|header.NAME');
    return [];
  });
  const name = `${namespace.string() ?? resource} ${method === 'ANY' ? 'GET' : method}`;
  const options: CacheOptions = { ...settings, stage, name, key };
  return { kind: 'aws-rest/cache', options, origin: integration.origin, children: [destination] };
}
