import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Fields } from '../../../http/fields.ts';
import { parseQuery } from '../../../http/query.ts';
import { canonicalRequest, sha256, type SignedRequest } from './canonical-request.ts';
import type { Credentials } from './credentials.ts';

/** Why a signature does not let a request pass, in AWS's words. */
export interface SignatureRefusal {
  readonly errorType: string;
  readonly message: string;
}
/** What a request says of its signature. */
interface Signature {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `20150830T123600Z` */
  readonly at: string;
  readonly token: string | undefined;
  /** Seconds that a signature in a query is good for; null: it stands in a header. */
  readonly expires: number | null;
}

const algorithm = 'AWS4-HMAC-SHA256';
const skewMs = 300_000;
const longestSeconds = 604_800;

/** Where signatures and tokens stand: their values are kept out of files. */
export const signatureFields: readonly string[] = ['authorization', 'x-amz-security-token', 'x-amz-credential', 'x-amz-signature'];

const refusal = (errorType: string, message: string): SignatureRefusal => ({ errorType, message });
export const missingToken: SignatureRefusal = refusal('MissingAuthenticationTokenException', 'Missing Authentication Token');
const unknownToken = refusal('UnrecognizedClientException', 'The security token included in the request is invalid.');
const incomplete = (message: string): SignatureRefusal => refusal('IncompleteSignatureException', message);
const invalid = (message: string): SignatureRefusal => refusal('InvalidSignatureException', message);

/**
 * Checks a Signature Version 4 in the Authorization field or in the query; undefined: it is good. The body is asked for only where
 * all else holds. Source: the IAM user guide, "Signature Version 4 for API requests"; words of answers of deployed APIs.
 */
export async function verifySignature(
  request: SignedRequest,
  body: () => Buffer | Promise<Buffer>,
  credentials: Credentials | null,
  service: string,
  now: number,
): Promise<SignatureRefusal | undefined> {
  const found = readSignature(request);
  if ('message' in found) return found;
  if (!credentials?.secretAccessKey || found.accessKeyId !== credentials.accessKeyId) return unknownToken;
  if ((found.token ?? null) !== credentials.sessionToken) return unknownToken;
  const early = scopeProblem(found, service) ?? timeProblem(found, now);
  if (early !== undefined) return early;
  const payload = sha256(await body());
  const told = request.headers.get('x-amz-content-sha256');
  const canonical = canonicalRequest(request, found.signedHeaders, payload);
  const scope = `${found.date}/${found.region}/${found.service}/aws4_request`;
  const text = [algorithm, found.at, scope, sha256(canonical)].join('\n');
  const expected = hmac(signingKey(credentials.secretAccessKey, found), text);
  const given = Buffer.from(found.signature, 'hex');
  if (given.length === expected.length && timingSafeEqual(given, expected) && (told === undefined || told === payload)) return undefined;
  return invalid(
    `The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.\n\nThe Canonical String for this request should have been\n'${canonical}'\n\nThe String-to-Sign should have been\n'${text}'\n`,
  );
}

const hmac = (key: string | Buffer, data: string): Buffer => createHmac('sha256', key).update(data).digest();
const signingKey = (secret: string, { date, region, service }: Signature): Buffer =>
  [date, region, service, 'aws4_request'].reduce<Buffer | string>((key, part) => hmac(key, part), `AWS4${secret}`) as Buffer;

function readSignature({ headers, query }: SignedRequest): Signature | SignatureRefusal {
  const written = headers.getAll('authorization');
  if (written.length > 1) return incomplete('Authorization header is there more than once.');
  const [authorization] = written;
  if (authorization !== undefined) return fromHeader(authorization, headers);
  if (!query.includes('X-Amz-')) return missingToken;
  const values = new Map(parseQuery(query));
  return values.has('X-Amz-Algorithm') || values.has('X-Amz-Signature') ? fromQuery(values) : missingToken;
}

function fromHeader(authorization: string, headers: Fields): Signature | SignatureRefusal {
  const [word = '', ...rest] = authorization.trim().split(/\s+/);
  const parts = rest
    .join(' ')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const values = new Map(parts.map((part) => [part.split('=', 1)[0] as string, part.slice(part.indexOf('=') + 1)]));
  if (word !== algorithm || parts.some((part) => !part.includes('=')))
    return incomplete(
      `Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${Buffer.from(sha256(authorization), 'hex').toString('base64')}'.`,
    );
  const at = headers.get('x-amz-date') ?? isoOf(headers.get('date'));
  const lacks = ['Credential', 'Signature', 'SignedHeaders']
    .filter((name) => !values.has(name))
    .map((name) => `Authorization header requires '${name}' parameter.`);
  if (at === undefined) lacks.push(`Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.`);
  if (lacks.length > 0) return incomplete(lacks.join(' '));
  const token = headers.get('x-amz-security-token');
  return signatureOf(values.get('Credential'), values.get('SignedHeaders'), values.get('Signature'), at, token, null);
}

function fromQuery(values: ReadonlyMap<string, string>): Signature | SignatureRefusal {
  const of = (name: string): string | undefined => values.get(`X-Amz-${name}`);
  const lacks = ['Algorithm', 'Credential', 'Signature', 'SignedHeaders', 'Date'].filter((name) => (of(name) ?? '') === '');
  if (lacks.length > 0) return incomplete(lacks.map((name) => `AWS query-string parameters must include 'X-Amz-${name}'.`).join(' '));
  if (of('Algorithm') !== algorithm) return incomplete(`Unsupported AWS 'algorithm': '${of('Algorithm')}'.`);
  const expires = Number(of('Expires') ?? '300');
  if (!Number.isInteger(expires) || expires < 0 || expires > longestSeconds)
    return incomplete(`X-Amz-Expires must be a number of seconds from 0 to ${longestSeconds}.`);
  return signatureOf(of('Credential'), of('SignedHeaders'), of('Signature'), of('Date'), of('Security-Token'), expires);
}

function signatureOf(
  credential = '',
  headers = '',
  signature = '',
  at = '',
  token: string | undefined,
  expires: number | null,
): Signature | SignatureRefusal {
  const [, accessKeyId, date, region, service] = /^([^/\s]+)\/([^/]*)\/([^/]*)\/([^/]*)\/aws4_request$/.exec(credential) ?? [];
  if (accessKeyId === undefined || date === undefined || region === undefined || service === undefined)
    return incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${credential.replaceAll(/[^\w./+=-]/g, '')}'`,
    );
  if (!/^\d{8}T\d{6}Z$/.test(at))
    return incomplete(`Date must be in ISO-8601 'basic format'. Got '${at}'. See http://en.wikipedia.org/wiki/ISO_8601`);
  const signedHeaders = headers.toLowerCase().split(';');
  if (!signedHeaders.includes('host')) return invalid(`'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.`);
  return { accessKeyId, date, region, service, signedHeaders, signature, at, token, expires };
}

function scopeProblem({ service, date, at }: Signature, expected: string): SignatureRefusal | undefined {
  if (service !== expected) return invalid(`Credential should be scoped to correct service: '${expected}'. `);
  if (!at.startsWith(date))
    return invalid(
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${date}' != '${at.slice(0, 8)}', from '${at}'.`,
    );
  return undefined;
}

function timeProblem({ at, expires }: Signature, now: number): SignatureRefusal | undefined {
  const signed = Date.parse(at.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5'));
  const [here, lastsMs] = [basic(now), expires === null ? skewMs : expires * 1000];
  if (Number.isNaN(signed)) return incomplete(`Date must be in ISO-8601 'basic format'. Got '${at}'. See http://en.wikipedia.org/wiki/ISO_8601`);
  if (signed > now + skewMs) return invalid(`Signature not yet current: ${at} is still later than ${basic(now + skewMs)} (${here} + 5 min.)`);
  if (signed + lastsMs < now)
    return invalid(`Signature expired: ${at} is now earlier than ${basic(now - lastsMs)} (${here} - ${lastsMs / 60_000} min.)`);
  return undefined;
}

const basic = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '');

/** The Date field of HTTP as Signature Version 4 writes dates. */
function isoOf(date: string | undefined): string | undefined {
  if (date === undefined || /^\d{8}T\d{6}Z$/.test(date)) return date;
  const ms = Date.parse(date);
  return Number.isNaN(ms) ? undefined : basic(ms);
}
