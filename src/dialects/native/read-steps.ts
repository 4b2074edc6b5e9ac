import path from 'node:path';
import type { Step } from '../../model/gateway.ts';
import type { CalendarUnit } from '../../limiters/calendar.ts';
import type { ApiKeyOptions, Consumer } from '../../policies/api-key.ts';
import type { BasicOptions } from '../../policies/basic.ts';
import type { JwtOptions } from '../../policies/jwt/jwt-step.ts';
import { signatureAlgorithms } from '../../policies/jwt/verify-jws.ts';
import type { LimitKey } from '../../policies/rate-limit/key.ts';
import type { LimitOptions } from '../../policies/rate-limit/limit.ts';
import type { RateLimitOptions } from '../../policies/rate-limit/rate-limit-step.ts';
import type { TokenPlace } from '../../policies/read-token.ts';
import type { ScopesOptions } from '../../policies/scopes.ts';
import type { Files } from '../../sources/files.ts';
import type { Setting } from '../../sources/setting.ts';
import type { Cors, FixedReply } from './answers.ts';
import type { Edits, Rewrite } from './edits.ts';
import { compileTemplate } from './template.ts';
import { compileRegex } from '../../matching/regex.ts';
import { readDuration, readSize } from './units.ts';

/** What the readers of steps look up beside the step itself. */
export interface Surroundings {
  readonly files: Files;
  readonly folder: string;
  readonly consumers: readonly KnownConsumer[];
  /** Names the counters of a route. */
  readonly routeId: string;
}
export interface KnownConsumer extends Consumer {
  readonly apiKeys: readonly string[];
  readonly password: string | undefined;
}

export interface RouteSteps {
  readonly request: Step[];
  readonly head: Step[];
  readonly body: Step[];
}

type Read = (setting: Setting, around: Surroundings, out: RouteSteps) => void;

const step = (setting: Setting, kind: string, options: unknown): Step => ({ kind, options, origin: setting.origin });

/** Every step of the native dialect, by the name that it has in a file. */
export const stepReaders: Readonly<Record<string, Read>> = {
  jwt(setting, around, out) {
    const issuer = setting.get('issuer').strings();
    const jwks = readKeys(setting, around, issuer);
    const allowed = setting
      .get('algorithms')
      .items()
      .flatMap((one) => one.oneOf(...signatureAlgorithms) ?? []);
    if (!setting.get('algorithms').exists)
      setting.problem('DG1204', `${setting.name}.algorithms is missing`, 'name what you accept, such as [RS256]: a token must not choose');
    const options: JwtOptions = {
      algorithms: allowed,
      jwks,
      issuer,
      audience: setting.get('audience').strings(),
      clockTolerance: setting.get('clockTolerance').number({ min: 0 }) ?? 0,
      maxTokenAge: setting.get('maxTokenAge').number({ min: 0 }) ?? null,
      typ: setting.get('typ').string() ?? null,
      requiredClaims: setting.get('requiredClaims').strings(),
      claims: (setting.get('claims').value() as Record<string, unknown> | undefined) ?? {},
      scopes: setting.get('scopes').strings(),
      from: readPlaces(setting, { in: 'header', name: 'Authorization', scheme: 'Bearer' }),
    };
    out.request.push(step(setting, 'jwt', options));
  },
  apiKey(setting, { consumers }, out) {
    const own = setting
      .get('keys')
      .strings()
      .map((key, at) => ({ key, consumer: unnamed(`key ${at + 1}`) }));
    const keys = [...own, ...consumers.flatMap((consumer) => consumer.apiKeys.map((key) => ({ key, consumer: publicPart(consumer) })))];
    if (keys.length === 0) setting.problem('DG1204', `${setting.name} knows no key`, 'list keys here or give consumers apiKeys');
    out.request.push(
      step(setting, 'api-key', {
        keys,
        hide: setting.get('hide').boolean() ?? false,
        from: readPlaces(setting, { in: 'header', name: 'X-API-Key', scheme: '' }),
      } satisfies ApiKeyOptions),
    );
  },
  basic(setting, { consumers }, out) {
    const own = setting
      .get('users')
      .entries()
      .map(([user, password]) => ({ user, password: password.string() ?? '', consumer: unnamed(user) }));
    const users = [
      ...own,
      ...consumers.flatMap((one) => (one.password === undefined ? [] : [{ user: one.username, password: one.password, consumer: publicPart(one) }])),
    ];
    if (users.length === 0) setting.problem('DG1204', `${setting.name} knows no user`, 'list users here or give consumers a password');
    out.request.push(
      step(setting, 'basic', {
        users,
        realm: setting.get('realm').string() ?? 'devgateway',
        hide: setting.get('hide').boolean() ?? false,
      } satisfies BasicOptions),
    );
  },
  scopes(setting, _, out) {
    const all = setting.kind === 'map' ? setting.get('all').strings() : [];
    const any = setting.kind === 'map' ? setting.get('any').strings() : setting.strings();
    if (all.length + any.length === 0)
      setting.problem('DG1204', `${setting.name} names no scope`, 'expected a list, or {any: [...]} or {all: [...]}');
    if (any.length > 0) out.request.push(step(setting, 'scopes', { scopes: any, match: 'any' } satisfies ScopesOptions));
    if (all.length > 0) out.request.push(step(setting, 'scopes', { scopes: all, match: 'all' } satisfies ScopesOptions));
  },
  rateLimit(setting, { routeId }, out) {
    const key = readBy(setting.get('by'));
    const limit = readLimit(setting);
    const legacy = setting.get('legacyHeaders').boolean() ?? false;
    // Not from the numbers: a changed limit keeps its counts.
    const name = setting.get('name').string() ?? `${routeId} by ${setting.get('by').string() ?? 'ip'}`;
    out.request.push(step(setting, 'rate-limit', { name, key, limits: [limit] } satisfies RateLimitOptions));
    if (!out.head.some((one) => one.kind === 'rate-limit-fields')) out.head.push(step(setting, 'rate-limit-fields', { legacy }));
  },
  requestHeaders: (setting, _, out) => void out.request.push(step(setting, 'native/request-headers', readEdits(setting))),
  responseHeaders: (setting, _, out) => void out.head.push(step(setting, 'native/response-headers', readEdits(setting))),
  query: (setting, _, out) => void out.request.push(step(setting, 'native/query', readEdits(setting))),
  rewrite(setting, _, out) {
    const regex = setting.get('regex').string() ?? '';
    guard(setting.get('regex'), () => compileRegex(regex));
    const options: Rewrite = {
      stripPrefix: setting.get('stripPrefix').string() ?? '',
      addPrefix: setting.get('addPrefix').string() ?? '',
      path: readTemplate(setting.get('path')),
      regex,
      replacement: setting.get('replacement').string() ?? '',
    };
    out.request.push(step(setting, 'native/rewrite', options));
  },
  body(setting, _, out) {
    const both = setting.get('case').oneOf('camel-to-snake', 'snake-to-camel');
    const request = setting.get('request').oneOf('camel-to-snake', 'snake-to-camel') ?? both;
    const back = both === undefined ? undefined : both === 'camel-to-snake' ? 'snake-to-camel' : 'camel-to-snake';
    const response = setting.get('response').oneOf('camel-to-snake', 'snake-to-camel') ?? back;
    if (request !== undefined) out.request.push(step(setting, 'native/request-case', request));
    if (response !== undefined) out.body.push(step(setting, 'native/response-case', response));
  },
  bodyLimit(setting, _, out) {
    const bytes = readSize(setting);
    if (bytes !== undefined) out.request.push(step(setting, 'native/body-limit', bytes));
  },
  reply(setting, _, out) {
    const options: FixedReply = {
      status: setting.get('status').number({ min: 200, max: 599, integer: true }) ?? 200,
      headers: setting
        .get('headers')
        .entries()
        .map(([name, value]) => [name, readTemplate(value)] as const),
      body: readTemplate(setting.get('body')),
    };
    out.request.push(step(setting, 'native/reply', options));
  },
  redirect(setting, _, out) {
    const location = readTemplate(setting.kind === 'map' ? setting.get('to') : setting);
    const status = setting.kind === 'map' ? (setting.get('status').number({ min: 301, max: 308, integer: true }) ?? 302) : 302;
    out.request.push(step(setting, 'native/reply', { status, headers: [['Location', location]], body: '' } satisfies FixedReply));
  },
  cors(setting, _, out) {
    const options: Cors = {
      origins: setting.get('origins').strings(),
      methods: setting.get('methods').exists ? setting.get('methods').strings() : ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
      headers: setting.get('headers').strings(),
      exposed: setting.get('exposed').strings(),
      credentials: setting.get('credentials').boolean() ?? false,
      maxAge: setting.get('maxAge').number({ min: 0 }) ?? 600,
    };
    out.request.push(step(setting, 'native/cors-preflight', options));
    out.head.push(step(setting, 'native/cors-fields', options));
  },
};

const publicPart = ({ id, username, customId, groups }: KnownConsumer): Consumer => ({ id, username, customId, groups });

const unnamed = (id: string): Consumer => ({ id, username: id, customId: '', groups: [] });

function readPlaces(setting: Setting, usual: TokenPlace): readonly TokenPlace[] {
  const from = setting.get('from');
  const scheme = from.get('scheme').string() ?? '';
  const places = (['header', 'query', 'cookie'] as const).flatMap((place): TokenPlace[] => {
    const name = from.get(place).string();
    if (name === undefined) return [];
    return [place === 'header' ? { in: place, name, scheme } : { in: place, name }];
  });
  from.rejectUnknownKeys();
  return places.length === 0 ? [usual] : places;
}

/** Inline, from a file, or a URL; null: the issuer is asked. */
function readKeys(setting: Setting, { files, folder }: Surroundings, issuer: readonly string[]): JwtOptions['jwks'] {
  const jwks = setting.get('jwks');
  if (!jwks.exists) {
    if (issuer.length === 0)
      setting.problem('DG1204', `${setting.name} says neither jwks nor issuer`, 'give the keys inline, as a file or a URL, or name an issuer to ask');
    return null;
  }
  if (jwks.kind !== 'scalar') return keySet(jwks, jwks.value());
  const where = jwks.string() ?? '';
  if (/^https?:\/\//.test(where)) return where;
  const text = files.read(path.resolve(folder, where));
  if (text === undefined) {
    jwks.problem('DG1205', `the key file ${where} does not exist`, 'expected a JSON Web Key Set, inline, as a file or a URL');
    return { keys: [] };
  }
  try {
    return keySet(jwks, JSON.parse(text));
  } catch {
    return keySet(jwks, undefined);
  }
}

function keySet(jwks: Setting, document: unknown): { readonly keys: readonly unknown[] } {
  const keys = (document as { keys?: unknown } | undefined)?.keys;
  if (Array.isArray(keys)) return { keys };
  jwks.problem('DG1202', `${jwks.name} is no JSON Web Key Set`, 'expected {"keys": [...]}');
  return { keys: [] };
}

function readBy(by: Setting): LimitKey {
  const text = by.string() ?? 'ip';
  if (text === 'ip' || text === 'consumer' || text === 'route' || text === 'global') return { by: text };
  const [family, ...path] = text.split('.');
  if (family === 'header' && path.length > 0) return { by: 'header', name: path.join('.') };
  if (family === 'jwt' && path.length > 0) return { by: 'claim', path };
  by.problem('DG1203', `${by.name} is ${JSON.stringify(text)}`, 'expected ip, consumer, route, global, header.NAME or jwt.CLAIM');
  return { by: 'ip' };
}

function readLimit(setting: Setting): LimitOptions {
  if (!setting.get('limit').exists) setting.problem('DG1204', `${setting.name}.limit is missing`, 'expected a whole number of requests');
  const limit = setting.get('limit').number({ min: 0, integer: true }) ?? 0;
  const algorithm = setting.get('algorithm').oneOf('fixed-window', 'sliding-window', 'token-bucket', 'quota') ?? 'fixed-window';
  const name = 'limit';
  if (algorithm === 'quota') {
    const units = ['hour', 'day', 'week', 'month', 'year'] as const satisfies readonly CalendarUnit[];
    return {
      name,
      algorithm,
      limit,
      per: setting.get('per').oneOf(...units) ?? 'day',
      offsetDays: setting.get('offsetDays').number({ min: 0, max: 30, integer: true }) ?? 0,
    };
  }
  const windowMs = readDuration(setting.get('per')) ?? 60_000;
  if (algorithm === 'token-bucket') return { name, algorithm, rate: limit, perMs: windowMs, burst: setting.get('burst').number({ min: 1 }) ?? limit };
  return algorithm === 'fixed-window' ? { name, algorithm, limit, windowMs, from: 'clock' } : { name, algorithm, limit, windowMs, counts: 'allowed' };
}

function readEdits(setting: Setting): Edits {
  const pairs = (key: string) =>
    setting
      .get(key)
      .entries()
      .flatMap(([name, value]) => value.items().map((one) => [name, readTemplate(one)] as const));
  return {
    remove: setting.get('remove').strings(),
    rename: setting
      .get('rename')
      .entries()
      .map(([from, to]) => [from, to.string() ?? from] as const),
    set: pairs('set'),
    add: pairs('add'),
  };
}

/** A template, checked now so that a mistake has its place. */
function readTemplate(setting: Setting): string {
  const text = setting.string() ?? '';
  guard(setting, () => compileTemplate(text));
  return text;
}

function guard(setting: Setting, act: () => unknown): void {
  try {
    act();
  } catch (error) {
    setting.problem((error as Error).message.startsWith('$') ? 'DG1203' : 'DG1207', (error as Error).message);
  }
}
