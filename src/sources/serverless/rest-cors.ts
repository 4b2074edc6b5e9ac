import type { Setting } from '../setting.ts';
import type { Made } from '../tree.ts';
import { ids } from './naming.ts';
import { checkKeys, resource, type Resources, type Service } from './service.ts';

/** What one event says of requests from other origins. */
export interface RestCors {
  readonly at: Setting;
  readonly origin: string;
  readonly origins: readonly string[];
  readonly headers: readonly string[];
  readonly methods: readonly string[];
  readonly credentials: boolean;
  readonly maxAge: number | undefined;
  readonly cacheControl: string | undefined;
}

/** The header fields that a request may bring where the configuration does not say. */
export const usualHeaders: readonly string[] = [
  'Content-Type',
  'X-Amz-Date',
  'Authorization',
  'X-Api-Key',
  'X-Amz-Security-Token',
  'X-Amz-User-Agent',
  'X-Amzn-Trace-Id',
];
const known = ['allowCredentials', 'cacheControl', 'headers', 'maxAge', 'methods', 'origin', 'origins'];

/** `true`, or a map. `method`: that of the event. */
export function readCors(at: Setting, method: string, service: Service): RestCors | undefined {
  if (!at.exists) return undefined;
  if (at.kind === 'scalar') {
    if (at.boolean() !== true) return undefined;
    const none = { origins: [], credentials: false, maxAge: undefined, cacheControl: undefined };
    return { at, origin: '*', headers: usualHeaders, methods: withMethods(['OPTIONS'], method), ...none };
  }
  checkKeys(at, known, service);
  const headers = at.get('headers').strings();
  return {
    at,
    origin: at.get('origin').string() ?? '*',
    origins: at.get('origins').strings(),
    headers: headers.length === 0 ? usualHeaders : headers,
    methods: withMethods(at.get('methods').exists ? at.get('methods').strings() : ['OPTIONS'], method),
    credentials: at.get('allowCredentials').boolean() ?? false,
    maxAge: at.get('maxAge').number({ min: 1, integer: true }),
    cacheControl: at.get('cacheControl').string(),
  };
}

const withMethods = (listed: readonly string[], method: string): string[] => [...new Set([...listed, 'OPTIONS', method])];
const union = (first: readonly string[], second: readonly string[] = []): string[] => [...new Set([...first, ...second])];

/** What the events of one path say together: the last of them counts where only one can. */
export const merged = (before: RestCors | undefined, now: RestCors): RestCors => ({
  at: now.at,
  origin: now.origin,
  origins: union(now.origins, before?.origins),
  headers: union(now.headers, before?.headers),
  methods: union(now.methods, before?.methods),
  credentials: now.credentials || before?.credentials === true,
  maxAge: now.maxAge ?? before?.maxAge,
  cacheControl: now.cacheControl ?? before?.cacheControl,
});

/** The header fields that an answer of an integration carries which maps. */
export const answerFields = ({ origin, origins, credentials }: RestCors): Record<string, string> => ({
  'Access-Control-Allow-Origin': `'${origins.length > 0 ? origins.join(',') : origin}'`,
  ...(credentials ? { 'Access-Control-Allow-Credentials': "'true'" } : {}),
});

/** The method that answers a preflight, without asking anybody. Source: lib/cors.js beside the events of API Gateway. */
export function preflightOf(path: string, cors: RestCors, place: Readonly<Record<'ResourceId' | 'RestApiId', Made>>): Resources {
  const { maxAge, cacheControl, credentials, headers, methods } = cors;
  const origins = cors.origin.includes(',') ? cors.origin.split(',').map((one) => one.trim()) : cors.origins;
  const fields = {
    'Access-Control-Allow-Origin': origins[0] ?? cors.origin,
    'Access-Control-Allow-Headers': headers.join(','),
    'Access-Control-Allow-Methods': methods.join(',').replace('ANY', 'DELETE,GET,HEAD,PATCH,POST,PUT'),
    ...(credentials ? { 'Access-Control-Allow-Credentials': 'true' } : {}),
    ...(maxAge === undefined ? {} : { 'Access-Control-Max-Age': String(maxAge) }),
    ...(cacheControl === undefined ? {} : { 'Cache-Control': cacheControl }),
  };
  const response = {
    StatusCode: '200',
    ResponseParameters: Object.fromEntries(Object.entries(fields).map(([name, value]) => [`method.response.header.${name}`, `'${value}'`])),
    ResponseTemplates: { 'application/json': origins.length === 0 ? '' : echoOf(origins) },
  };
  const properties = {
    ...place,
    HttpMethod: 'OPTIONS',
    AuthorizationType: 'NONE',
    Integration: {
      Type: 'MOCK',
      RequestTemplates: { 'application/json': '{statusCode:200}' },
      ContentHandling: 'CONVERT_TO_TEXT',
      IntegrationResponses: [response],
    },
  };
  return { [ids.method(path, 'options')]: resource('AWS::ApiGateway::Method', properties, cors.at) };
}

/** Answers with the origin that asked, where it is one of those named; `*` in them stands for one letter or more. */
function echoOf(origins: readonly string[]): string {
  const patterns = origins.map((one) => `"${one.replaceAll('.', '[.]').replace('*', '.+')}"`);
  return `#set($asked = $input.params("Origin"))#if($asked == "")#set($asked = $input.params("origin"))#end
#foreach($allowed in [${patterns.join(', ')}])#if($asked.matches($allowed))#set($context.responseOverride.header.Access-Control-Allow-Origin = $asked)#end#end`;
}
