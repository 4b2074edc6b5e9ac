import type { Compiled } from '../dialect.ts';
import type { Setting } from '../../sources/setting.ts';
import type { Destination, Step } from '../../model/gateway.ts';
import type { Stage } from './base.ts';
import type { Cors } from './cors.ts';

/** What a route does once it may; steps that make the request, where it goes, and what becomes of the answer. */
export interface Integration {
  readonly request: readonly Step[];
  readonly destination: Destination | null;
  readonly head: readonly Step[];
  readonly upstream: string;
}
export interface HttpRoute {
  readonly method: string;
  readonly path: string;
  readonly setting: Setting;
  readonly guards: readonly Step[];
  readonly integration: Integration;
}
export interface HttpApi {
  readonly id: string;
  readonly setting: Setting;
  readonly stages: readonly Stage[];
  readonly routes: readonly HttpRoute[];
  readonly cors: Cors | null;
}
/** A custom domain: which stages stand below which keys. */
export interface Domain {
  readonly host: string;
  readonly mappings: readonly { readonly key: string; readonly api: string; readonly stage: string }[];
}
export interface Apis extends Pick<Required<Compiled>, 'upstreams'> {
  readonly apis: readonly HttpApi[];
  readonly domains: readonly Domain[];
}

/** Closes one route, and says why when the configuration loads. */
export function closed(setting: Setting, what: string): Integration {
  setting.warning('DG1208', `${what} is not supported yet`, 'the route answers 501 until then');
  return {
    request: [{ kind: 'aws-http/unsupported', options: { what }, origin: setting.origin }],
    destination: null,
    head: [],
    upstream: '(not supported)',
  };
}

/** `GET /pets`, `ANY /{proxy+}` or `$default`. */
export function readRouteKey(setting: Setting, text: string): { readonly method: string; readonly path: string } | undefined {
  if (text === '$default') return { method: 'ANY', path: '$default' };
  const [, method, path] = /^(ANY|[A-Z]+) (\/\S*)$/.exec(text) ?? [];
  if (method === undefined || path === undefined || /\{[^}]*\+\}./.test(path))
    return setting.problem('DG1203', `${JSON.stringify(text)} is no route key`, 'expected METHOD /path, ANY /path/{name+} or $default');
  return { method, path };
}
