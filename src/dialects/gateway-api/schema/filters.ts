import { flag, goesWith, list, oneOf, shape, text, whole, type Refusal, type Schema } from './schema.ts';
import { backendObject, localObject } from './references.ts';
import { headerName, headerValue, port, preciseHostname } from './scalars.ts';

interface Filter {
  readonly type: string;
  readonly [member: string]: unknown;
}

const headerList = list(shape({ name: headerName, value: headerValue }, ['name', 'value']), { max: 16, differIn: 'name' });
const headerModifier = shape({ set: headerList, add: headerList, remove: list(text(), { max: 16, differIn: '' }) });

interface Mirror {
  readonly percent?: number;
  readonly fraction?: { readonly numerator: number; readonly denominator?: number };
}
const notBoth = ({ percent, fraction }: Mirror): Refusal | undefined =>
  percent !== undefined && fraction !== undefined ? { at: ['fraction'], what: 'there is a percent, too', expected: 'one of the two' } : undefined;
const atMostOne = ({ numerator, denominator = 100 }: NonNullable<Mirror['fraction']>): Refusal | undefined =>
  numerator > denominator
    ? { at: ['numerator'], what: `${numerator} of ${denominator} is more than all`, expected: 'at most the denominator' }
    : undefined;
const fraction = shape({ numerator: whole({ min: 0 }), denominator: whole({ min: 1 }) }, ['numerator'], [atMostOne]);
const mirror = shape({ backendRef: backendObject, percent: whole({ min: 0, max: 100 }), fraction }, ['backendRef'], [notBoth]);

const pathModifier = shape(
  { type: oneOf('ReplaceFullPath', 'ReplacePrefixMatch'), replaceFullPath: text({ max: 1024 }), replacePrefixMatch: text({ max: 1024 }) },
  ['type'],
  [goesWith('type', { ReplaceFullPath: 'replaceFullPath', ReplacePrefixMatch: 'replacePrefixMatch' })],
);
const redirect = shape({
  scheme: oneOf('http', 'https'),
  hostname: preciseHostname,
  path: pathModifier,
  port,
  statusCode: whole({ oneOf: [301, 302, 303, 307, 308] }),
});
const rewrite = shape({ hostname: preciseHostname, path: pathModifier });

const alone = (items: readonly string[]): Refusal | undefined =>
  items.includes('*') && items.length > 1 ? { what: '* stands beside others', expected: '* alone, or none' } : undefined;
const origin = text({
  min: 1,
  max: 253,
  pattern: /^\*$|^[a-zA-Z][a-zA-Z0-9+\-.]+:\/\/[^:/?#]+(?::[0-9]{1,5})?$/,
  expected: 'an origin such as https://shop.example.com, https://*.example.com or *',
});
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'] as const;
export const method: Schema = oneOf(...methods);
const cors = shape({
  allowOrigins: list(origin, { max: 64, differIn: '', rules: [alone] }),
  allowCredentials: flag,
  allowMethods: list(oneOf(...methods, '*'), { max: 9, differIn: '', rules: [alone] }),
  allowHeaders: list(headerName, { max: 64, differIn: '', rules: [alone] }),
  exposeHeaders: list(headerName, { max: 64, differIn: '' }),
  maxAge: whole({ min: 1 }),
});

const names = list(text(), { max: 64, differIn: '' });
export const pathCharacters: RegExp = /^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$/;
const externalAuth = shape(
  {
    protocol: oneOf('HTTP', 'GRPC'),
    backendRef: backendObject,
    http: shape({
      path: text({ max: 1024, pattern: pathCharacters, expected: 'the characters of a path' }),
      allowedHeaders: names,
      allowedResponseHeaders: names,
    }),
    grpc: shape({ allowedHeaders: names }),
    forwardBody: shape({ maxSize: whole({ min: 0 }) }),
  },
  ['protocol', 'backendRef'],
  [goesWith('protocol', { HTTP: 'http', GRPC: 'grpc' })],
);

/** By type: the member that goes with it. */
const grpcKinds = {
  RequestHeaderModifier: { member: 'requestHeaderModifier', schema: headerModifier },
  ResponseHeaderModifier: { member: 'responseHeaderModifier', schema: headerModifier },
  RequestMirror: { member: 'requestMirror', schema: mirror },
  ExtensionRef: { member: 'extensionRef', schema: localObject },
};
const httpKinds = {
  ...grpcKinds,
  RequestRedirect: { member: 'requestRedirect', schema: redirect },
  URLRewrite: { member: 'urlRewrite', schema: rewrite },
  CORS: { member: 'cors', schema: cors },
  ExternalAuth: { member: 'externalAuth', schema: externalAuth },
};
const once = ['CORS', 'RequestHeaderModifier', 'ResponseHeaderModifier', 'RequestRedirect', 'URLRewrite'];

function filterOf(kinds: Readonly<Record<string, { readonly member: string; readonly schema: Schema }>>): Schema {
  const memberOf = Object.fromEntries(Object.entries(kinds).map(([type, { member }]) => [type, member]));
  const members = Object.fromEntries(Object.values(kinds).map(({ member, schema }) => [member, schema]));
  return shape({ type: oneOf(...Object.keys(kinds)), ...members }, ['type'], [goesWith('type', memberOf)]);
}

function notRepeated(filters: readonly Filter[]): Refusal | undefined {
  const at = filters.findIndex(({ type }, index) => once.includes(type) && filters.slice(0, index).some((other) => other.type === type));
  return at < 0 ? undefined : { at: [at], what: `there is another filter of the type ${(filters[at] as Filter).type}`, expected: 'one of a type' };
}
function notBothPaths(filters: readonly Filter[]): Refusal | undefined {
  const at = filters.findIndex(({ type }) => type === 'URLRewrite');
  return at >= 0 && filters.some(({ type }) => type === 'RequestRedirect')
    ? { at: [at], what: 'there is a RequestRedirect, too', expected: 'one of the two' }
    : undefined;
}

export const httpFilters: Schema = list(filterOf(httpKinds), { max: 16, rules: [notRepeated, notBothPaths] });
export const grpcFilters: Schema = list(filterOf(grpcKinds), { max: 16, rules: [notRepeated] });
