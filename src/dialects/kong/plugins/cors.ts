import type { Exchange } from '../../../engine/exchange.ts';
import { reply } from '../../../engine/outcome.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import { Fields } from '../../../http/fields.ts';
import { readPcres } from '../pcre.ts';
import { compileOrigins, type OriginRule } from './cors-origins.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface Cors {
  readonly origins: readonly string[];
  readonly headers: readonly string[];
  readonly exposed: readonly string[];
  readonly methods: readonly string[];
  readonly maxAge: number | null;
  readonly credentials: boolean;
  readonly privateNetwork: boolean;
  readonly preflightContinue: boolean;
  readonly originAbsent: boolean;
}
const preflight: Slot<boolean> = slot('kong cors preflight');
const methods = ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'] as const;

/** Source: kong/plugins/cors/handler.lua and schema.lua. */
export const cors: KongPlugin = definePlugin<Cors, Cors>({
  name: 'cors',
  read(config) {
    const origins = config.get('origins');
    const given = config.get('methods');
    const options: Cors = {
      // A lone star is no regular expression, and none is needed.
      origins: origins.items().flatMap((one) => (one.string() === '*' ? ['*'] : readPcres(one, (text) => `'${text}' is not a valid regex`))),
      headers: config.get('headers').strings(),
      exposed: config.get('exposed_headers').strings(),
      methods: given.exists ? given.items().flatMap((one) => one.oneOf(...methods) ?? []) : methods,
      maxAge: config.get('max_age').number() ?? null,
      credentials: config.get('credentials').boolean() ?? false,
      privateNetwork: config.get('private_network').boolean() ?? false,
      preflightContinue: config.get('preflight_continue').boolean() ?? false,
      originAbsent: config.get('allow_origin_absent').boolean() ?? true,
    };
    return { access: options, headerFilter: options };
  },
  access(options) {
    const rule = compileOrigins(options.origins);
    return (exchange) => {
      const { headers } = exchange.arrived;
      if (exchange.method !== 'OPTIONS' || originOf(exchange) === undefined || !headers.has('access-control-request-method')) return undefined;
      exchange.write(preflight, true);
      if (options.preflightContinue) return undefined;
      const fields = new Fields();
      allow(rule, options, exchange, fields, (one) => one.set('Vary', 'Origin'));
      const asked = headers.get('access-control-request-headers');
      setField(fields, 'Access-Control-Allow-Headers', options.headers.length > 0 ? options.headers.join(',') : (asked ?? ''));
      setField(fields, 'Access-Control-Allow-Methods', options.methods.join(','));
      if (options.maxAge !== null) fields.set('Access-Control-Max-Age', String(options.maxAge));
      if (options.privateNetwork && headers.get('access-control-request-private-network') === 'true')
        fields.set('Access-Control-Allow-Private-Network', 'true');
      return reply(200, [...fields.raw, 'Content-Length', '0'], '');
    };
  },
  headerFilter(options) {
    const rule = compileOrigins(options.origins);
    return (exchange) => {
      if (exchange.response === null || exchange.read(preflight) === true) return undefined;
      if (!options.originAbsent && originOf(exchange) === undefined) return undefined;
      const { headers } = exchange.response;
      allow(rule, options, exchange, headers, (one) => one.append('Vary', 'Origin'));
      if (options.exposed.length > 0) headers.set('Access-Control-Expose-Headers', options.exposed.join(','));
      return undefined;
    };
  },
});

/** An empty Origin counts as none. */
const originOf = (exchange: Exchange): string | undefined => exchange.arrived.headers.get('origin') || undefined;

/** nginx does not send a field that is set to nothing. */
function setField(fields: Fields, name: string, value: string): void {
  if (value !== '') fields.set(name, value);
}

/** Origin and credentials. A star together with credentials says nothing to a browser, so the origin is named instead. */
function allow(rule: OriginRule, { credentials }: Cors, exchange: Exchange, fields: Fields, vary: (fields: Fields) => void): void {
  const asked = originOf(exchange);
  if (rule.kind !== 'any') vary(fields);
  const allowed = rule.kind === 'any' ? '*' : rule.kind === 'fixed' ? rule.origin : asked === undefined ? undefined : rule.match(asked);
  if (allowed === undefined) fields.remove('access-control-allow-origin');
  else fields.set('Access-Control-Allow-Origin', allowed);
  if (!credentials) return;
  if (allowed === '*') {
    if (asked === undefined) return;
    vary(fields);
    fields.set('Access-Control-Allow-Origin', asked);
  }
  fields.set('Access-Control-Allow-Credentials', 'true');
}
