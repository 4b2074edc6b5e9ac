import type { Exchange } from '../../engine/exchange.ts';
import type { StepKind } from '../../engine/kit.ts';
import { reply } from '../../engine/outcome.ts';
import type { Setting } from '../../sources/setting.ts';
import { bases } from './base.ts';

export interface Cors {
  readonly origins: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly expose: readonly string[];
  readonly credentials: boolean;
  readonly maxAge: number | null;
}
/** By API: the APIs of one domain have each their own. */
export type CorsByApi = Readonly<Record<string, Cors>>;

/** `AllowOrigins` of resources, `allowOrigins` of documents. SAM also takes `true`, for any origin. */
export function readCors(setting: Setting): Cors | null {
  if (!setting.exists) return null;
  const none = { methods: [], headers: [], expose: [], credentials: false, maxAge: null };
  if (setting.kind === 'scalar') return setting.boolean() === true ? { ...none, origins: ['*'] } : null;
  const get = (name: string): Setting =>
    [setting.get(name), setting.get(`${name.charAt(0).toLowerCase()}${name.slice(1)}`)].find((one) => one.exists) ?? setting.get(name);
  return {
    origins: get('AllowOrigins').strings(),
    methods: get('AllowMethods').strings(),
    headers: get('AllowHeaders').strings(),
    expose: get('ExposeHeaders').strings(),
    credentials: get('AllowCredentials').boolean() ?? false,
    maxAge: get('MaxAge').number({ min: -1, max: 86_400, integer: true }) ?? null,
  };
}

function allowedOrigin({ origins }: Cors, origin: string): string | undefined {
  if (origins.includes('*')) return '*';
  const found = origins.some((one) => one === origin || (one.endsWith('*') && origin.startsWith(one.slice(0, -1))));
  return found ? origin : undefined;
}

function fieldsFor(cors: Cors, exchange: Exchange, preflight: boolean): string[] {
  const origin = exchange.arrived.headers.get('origin');
  const allowed = origin === undefined ? undefined : allowedOrigin(cors, origin);
  if (allowed === undefined) return [];
  const list = (name: string, values: readonly string[]): string[] => (values.length === 0 ? [] : [name, values.join(',')]);
  return [
    'access-control-allow-origin',
    allowed,
    ...(cors.credentials ? ['access-control-allow-credentials', 'true'] : []),
    ...list('access-control-expose-headers', cors.expose),
    ...(preflight ? [...list('access-control-allow-methods', cors.methods), ...list('access-control-allow-headers', cors.headers)] : []),
    ...(preflight && cors.maxAge !== null ? ['access-control-max-age', String(cors.maxAge)] : []),
  ];
}

const corsOf = (apis: CorsByApi, exchange: Exchange): Cors | undefined => apis[exchange.read(bases)?.api ?? ''];

/** Answers a preflight that no route takes. */
export const preflight: StepKind<CorsByApi> = {
  kind: 'aws-http/preflight',
  create: (apis) => (exchange) => {
    const cors = corsOf(apis, exchange);
    const { headers } = exchange.arrived;
    if (cors === undefined || exchange.method !== 'OPTIONS' || !headers.has('origin') || !headers.has('access-control-request-method'))
      return undefined;
    return reply(204, fieldsFor(cors, exchange, true), '');
  },
};

/** What the API says about CORS stands in the place of what the integration says (developer guide, CORS for HTTP APIs). */
export const corsFields: StepKind<CorsByApi> = {
  kind: 'aws-http/cors',
  create: (apis) => (exchange) => {
    const cors = corsOf(apis, exchange);
    const fields = exchange.response?.headers;
    if (cors === undefined || fields === undefined || exchange.response?.from === 'reply') return undefined;
    fields.filter((name) => !name.startsWith('access-control-'));
    fields.raw.push(...fieldsFor(cors, exchange, false));
    return undefined;
  },
};
