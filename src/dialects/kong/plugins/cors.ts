import type { Exchange } from '../../../engine/exchange.ts';
import { reply } from '../../../engine/outcome.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import { Fields } from '../../../http/fields.ts';
import { compileRegex } from '../../../matching/regex.ts';
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
const answered: Slot<boolean> = slot('kong cors preflight');

/** Source: kong/plugins/cors/handler.lua. */
export const cors: KongPlugin = definePlugin<Cors, Cors>({
  name: 'cors',
  read(config) {
    const methods = config.get('methods');
    const options: Cors = {
      origins: config.get('origins').strings(),
      headers: config.get('headers').strings(),
      exposed: config.get('exposed_headers').strings(),
      methods: methods.exists ? methods.strings() : ['GET', 'HEAD', 'PUT', 'PATCH', 'POST', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'],
      maxAge: config.get('max_age').number() ?? null,
      credentials: config.get('credentials').boolean() ?? false,
      privateNetwork: config.get('private_network').boolean() ?? false,
      preflightContinue: config.get('preflight_continue').boolean() ?? false,
      originAbsent: config.get('allow_origin_absent').boolean() ?? true,
    };
    return { access: options, headerFilter: options };
  },
  access(options) {
    const allow = compileOrigins(options);
    return (exchange) => {
      const { headers } = exchange.arrived;
      if (exchange.method !== 'OPTIONS' || !headers.has('origin') || !headers.has('access-control-request-method')) return undefined;
      if (options.preflightContinue) return undefined;
      exchange.write(answered, true);
      const fields = new Fields();
      allow(exchange, fields, false);
      const asked = headers.get('access-control-request-headers');
      const allowed = options.headers.length > 0 ? options.headers.join(',') : asked;
      if (allowed !== undefined) fields.set('Access-Control-Allow-Headers', allowed);
      fields.set('Access-Control-Allow-Methods', options.methods.join(','));
      if (options.maxAge !== null) fields.set('Access-Control-Max-Age', String(options.maxAge));
      if (options.privateNetwork && headers.get('access-control-request-private-network') === 'true')
        fields.set('Access-Control-Allow-Private-Network', 'true');
      return reply(200, [...fields.raw, 'Content-Length', '0'], '');
    };
  },
  headerFilter(options) {
    const allow = compileOrigins(options);
    return (exchange) => {
      if (exchange.read(answered) === true || exchange.response === null) return undefined;
      if (!options.originAbsent && !exchange.arrived.headers.has('origin')) return undefined;
      const { headers } = exchange.response;
      allow(exchange, headers, true);
      if (options.exposed.length > 0) headers.set('Access-Control-Expose-Headers', options.exposed.join(','));
      return undefined;
    };
  },
});

/** Origin and credentials; plain texts, `*` and regular expressions over the whole origin. */
function compileOrigins({ origins, credentials }: Cors): (exchange: Exchange, fields: Fields, add: boolean) => void {
  const literal = /^[A-Za-z0-9.:/-]+$/;
  const tests = origins.map((origin) => {
    if (origin === '*') return { any: true, matches: () => true };
    if (literal.test(origin)) {
      const wanted = normalize(origin);
      return { any: false, matches: (asked: string) => normalize(asked) === wanted };
    }
    const regex = compileRegex(`^(?:${origin})$`);
    return { any: false, matches: (asked: string) => asked.length < 2_048 && (regex.test(normalize(asked)) || regex.test(asked)) };
  });
  const single = origins.length === 1 && origins[0] !== '*' && literal.test(origins[0] as string) ? origins[0] : undefined;
  return (exchange, fields, add) => {
    const asked = exchange.arrived.headers.get('origin');
    if (add) {
      if (!fields.getAll('vary').some((one) => one.toLowerCase().includes('origin'))) fields.append('Vary', 'Origin');
    } else fields.set('Vary', 'Origin');
    let all = origins.length === 0;
    let origin: string | undefined = all ? '*' : single;
    if (!all && single === undefined && (asked !== undefined || origins[0] === '*')) {
      const hit = tests.find((one) => one.matches(asked ?? ''));
      all = hit?.any ?? false;
      origin = hit === undefined ? undefined : hit.any ? '*' : asked;
    }
    if (origin === undefined) fields.remove('access-control-allow-origin');
    else fields.set('Access-Control-Allow-Origin', origin);
    if (!credentials) return;
    // A star together with credentials says nothing to a browser, so the origin is named.
    if (all && asked !== undefined) fields.set('Access-Control-Allow-Origin', asked);
    if (!all || asked !== undefined) fields.set('Access-Control-Allow-Credentials', 'true');
  };
}

/** Without the port that the scheme implies. */
const normalize = (origin: string): string => origin.replace(/^(http:\/\/[^:/]+):80$/, '$1').replace(/^(https:\/\/[^:/]+):443$/, '$1');
