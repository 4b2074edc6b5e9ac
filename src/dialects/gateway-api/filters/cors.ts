import type { Exchange } from '../../../engine/exchange.ts';
import type { StepKind } from '../../../engine/kit.ts';
import { reply } from '../../../engine/outcome.ts';
import type { Fields } from '../../../http/fields.ts';
import type { Setting } from '../../../sources/setting.ts';

export interface CorsOptions {
  readonly origins: readonly string[];
  readonly credentials: boolean;
  readonly methods: readonly string[];
  readonly headers: readonly string[];
  readonly expose: readonly string[];
  /** Seconds. */
  readonly maxAge: number;
}

export const readCors = (filter: Setting): CorsOptions => ({
  origins: filter.get('allowOrigins').strings(),
  credentials: filter.get('allowCredentials').boolean() ?? false,
  methods: filter.get('allowMethods').strings(),
  headers: filter.get('allowHeaders').strings(),
  expose: filter.get('exposeHeaders').strings(),
  maxAge: filter.get('maxAge').number({ min: 0, integer: true }) ?? 5,
});

/** Answers preflight requests: the backend does not see them, whatever origin they are from. */
export const corsPreflight: StepKind<CorsOptions> = {
  kind: 'gateway-api/cors',
  create(options) {
    const allows = originCheck(options.origins);
    return ({ method, arrived: { headers } }) => {
      const origin = headers.get('origin');
      const asked = headers.get('access-control-request-method');
      if (method !== 'OPTIONS' || origin === undefined || asked === undefined) return undefined;
      return reply(204, allows(origin) ? preflightFields(options, asked, headers) : [], '');
    };
  },
};

/** `*` is answered with what was asked for, which holds with credentials, too: browsers then take `*` for a name. */
function preflightFields({ methods, headers, maxAge }: CorsOptions, asked: string, request: Fields): string[] {
  const wanted = request.joined('access-control-request-headers') ?? '';
  const fields: string[] = [];
  const say = (name: string, list: readonly string[], instead: string): void => {
    const text = list.includes('*') ? instead : list.join(', ');
    if (text !== '') fields.push(name, text);
  };
  say('Access-Control-Allow-Methods', methods, asked);
  say('Access-Control-Allow-Headers', headers, wanted);
  return [...fields, 'Access-Control-Max-Age', String(maxAge)];
}

/** Fields of every answer to an allowed origin; a backend's own ones are not let through to others. */
export const corsFields: StepKind<CorsOptions> = {
  kind: 'gateway-api/cors-fields',
  create(options) {
    const allows = originCheck(options.origins);
    const any = options.origins.includes('*') && !options.credentials;
    return (exchange: Exchange) => {
      const origin = exchange.arrived.headers.get('origin');
      const fields = exchange.response?.headers;
      if (origin === undefined || fields === undefined) return undefined;
      fields.remove('access-control-allow-origin');
      fields.remove('access-control-allow-credentials');
      fields.remove('access-control-expose-headers');
      if (!allows(origin)) return undefined;
      const expose = exposed(options, fields);
      fields.append('Access-Control-Allow-Origin', any ? '*' : origin);
      if (options.credentials) fields.append('Access-Control-Allow-Credentials', 'true');
      if (expose !== '') fields.append('Access-Control-Expose-Headers', expose);
      return undefined;
    };
  },
};

/** With credentials `*` means nothing to browsers: the names that are there take its place. */
function exposed({ expose, credentials }: CorsOptions, fields: Fields): string {
  if (!expose.includes('*')) return expose.join(', ');
  return credentials ? [...new Set([...fields].map(([name]) => name.toLowerCase()))].join(', ') : '*';
}

/** `*` in a host stands for any number of labels, wherever it is, and never for a port. A port that is usual need not be said. */
export function originCheck(origins: readonly string[]): (origin: string) => boolean {
  const all = origins.map(withoutUsualPort);
  if (all.includes('*')) return () => true;
  const exact = new Set(all);
  const patterns = all.filter((one) => one.includes('*')).map((one) => new RegExp(`^${one.split('*').map(literal).join('[a-z0-9.-]+')}$`));
  return (given) => {
    const origin = withoutUsualPort(given);
    // No host is longer than 253 characters.
    return exact.has(origin) || (origin.length <= 300 && patterns.some((one) => one.test(origin)));
  };
}

const literal = (text: string): string => text.replaceAll(/[^\w-]/g, String.raw`\$&`);
const withoutUsualPort = (origin: string): string => origin.toLowerCase().replace(/^(?:(http:\/\/[^/]*):80|(https:\/\/[^/]*):443)$/, '$1$2');
