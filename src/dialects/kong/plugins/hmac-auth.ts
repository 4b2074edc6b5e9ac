import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { Exchange } from '../../../engine/exchange.ts';
import type { Outcome } from '../../../engine/outcome.ts';
import type { Fault } from '../../../model/fault.ts';
import {
  alreadyKnown,
  anonymousOf,
  authenticate,
  credentialsOf,
  refuseOrAnonymous,
  requiredText,
  type Anonymous,
  type ConsumerData,
} from '../consumer.ts';
import { kongError } from '../faults.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface HmacAuth {
  readonly hide: boolean;
  readonly skewMs: number;
  readonly validateBody: boolean;
  readonly enforced: readonly string[];
  readonly algorithms: readonly string[];
  readonly challenge: string;
  readonly anonymous: Anonymous;
  readonly credentials: readonly { readonly username: string; readonly secret: string; readonly id: string; readonly consumer: ConsumerData }[];
}

const hashes: Readonly<Record<string, string>> = { 'hmac-sha1': 'sha1', 'hmac-sha256': 'sha256', 'hmac-sha384': 'sha384', 'hmac-sha512': 'sha512' };
const bodyBytes = 10 * 1024 * 1024;

/** Source: kong/plugins/hmac-auth/access.lua. */
export const hmacAuth: KongPlugin = definePlugin<HmacAuth>({
  name: 'hmac-auth',
  read(config, { consumers }) {
    const realm = config.get('realm').string();
    const credentials = credentialsOf(consumers, 'hmacauth_credentials', 'username', (one) => ({
      username: requiredText(one, 'username'),
      secret: one.get('secret').string() ?? '',
    }));
    const skew = config.get('clock_skew').number({ min: 0 }) ?? 300;
    if (skew === 0)
      config.get('clock_skew').problem('DG1203', `${config.name} allows a clock_skew of 0`, 'expected a number of seconds greater than 0');
    const algorithms = config.get('algorithms');
    const options: HmacAuth = {
      hide: config.get('hide_credentials').boolean() ?? false,
      skewMs: skew * 1_000,
      validateBody: config.get('validate_request_body').boolean() ?? false,
      enforced: config.get('enforce_headers').strings(),
      algorithms: algorithms.exists
        ? algorithms.items().flatMap((one) => one.oneOf('hmac-sha1', 'hmac-sha256', 'hmac-sha384', 'hmac-sha512') ?? [])
        : Object.keys(hashes),
      challenge: realm === undefined ? 'hmac' : `hmac realm="${realm}"`,
      anonymous: anonymousOf(config.get('anonymous').string(), consumers),
      credentials,
    };
    return { access: options };
  },
  access(options, { clock }) {
    const known = new Map(options.credentials.map((one) => [one.username, one]));
    const refusal = (message: string): Fault => kongError(401, message, ['WWW-Authenticate', options.challenge]);
    const absent = refusal('Unauthorized');
    const late = refusal('HMAC signature cannot be verified, a valid date or x-date header is required for HMAC Authentication');
    const unverified = refusal('HMAC signature cannot be verified');
    const different = refusal('HMAC signature does not match');
    return (exchange) => {
      if (alreadyKnown(exchange, options.anonymous)) return undefined;
      const { headers } = exchange.arrived;
      const refused = (fault: Fault): Outcome => refuseOrAnonymous(exchange, options.anonymous, fault);
      const [authorization, proxied] = [headers.get('authorization'), headers.get('proxy-authorization')];
      if (authorization === undefined && proxied === undefined) return refused(absent);
      // Kong's time has no fractions of a second.
      const now = Math.floor((exchange.clock ?? clock).now() / 1_000) * 1_000;
      if (!['x-date', 'date'].some((name) => Math.abs(now - timeOf(headers.get(name))) <= options.skewMs)) return refused(late);
      const fromProxy = fieldsOf(proxied);
      const fields = fromProxy ?? fieldsOf(authorization);
      if (options.hide) exchange.outgoing.headers.remove(fromProxy === null ? 'authorization' : 'proxy-authorization');
      if (fields === null || !options.algorithms.includes(fields.algorithm) || options.enforced.some((name) => !fields.headers.includes(name)))
        return refused(unverified);
      const credential = known.get(fields.username);
      if (credential === undefined) return refused(unverified);
      const made = createHmac(hashes[fields.algorithm] as string, credential.secret)
        .update(signedText(exchange, fields.headers), 'latin1')
        .digest();
      if (!same(made, Buffer.from(fields.signature, 'base64'))) return refused(different);
      const accept = (): Outcome => {
        authenticate(exchange, credential.consumer, { id: credential.id, kind: 'hmac-auth', name: credential.username });
        return undefined;
      };
      if (!options.validateBody) return accept();
      return exchange.body.whole(bodyBytes).then((body) => (digestHolds(headers.get('digest'), body) ? accept() : refused(different)));
    };
  },
});

interface HmacFields {
  readonly username: string;
  readonly algorithm: string;
  readonly headers: readonly string[];
  readonly signature: string;
}
function fieldsOf(field: string | undefined): HmacFields | null {
  const match = /[Hh]mac\s*username="([^"]+)",\s*algorithm="([^"]+)",\s*headers="([^"]+)",\s*signature="([^"]+)"/.exec(field ?? '');
  if (match === null) return null;
  const [, username, algorithm, headers, signature] = match as unknown as [string, string, string, string, string];
  return { username, algorithm, headers: headers.split(' '), signature };
}

/** Of an HTTP date, in ms; NaN, which is never near, where there is none. */
const timeOf = (date: string | undefined): number => (date !== undefined && date.endsWith(' GMT') ? Date.parse(date) : Number.NaN);

/** The signed text: a line for each name. A name that is no field is the request line, the target, or an empty line of its own. */
function signedText({ arrived }: Exchange, names: readonly string[]): string {
  return names
    .map((name) => {
      const value = arrived.headers.get(name);
      if (value !== undefined) return `${name}: ${value}`;
      if (name === '@request-target') return `${name}: ${arrived.method.toLowerCase()} ${arrived.target}`;
      return name === 'request-line' ? `${arrived.method} ${arrived.target} HTTP/${arrived.httpVersion}` : `${name}:`;
    })
    .join('\n');
}

const same = (one: Buffer, other: Buffer): boolean => one.length === other.length && timingSafeEqual(one, other);

/** Without a digest only an empty body holds. */
const digestHolds = (digest: string | undefined, body: Buffer): boolean =>
  digest === undefined ? body.length === 0 : digest === `SHA-256=${createHash('sha256').update(body).digest('base64')}`;
