import type { Exchange } from '../../engine/exchange.ts';
import { percentDecodeLenient } from '../../http/path.ts';
import { parseQuery } from '../../http/query.ts';
import { clfTime } from '../aws/context.ts';
import { identityOf, iamCallers, type IamCaller } from '../aws/iam/caller.ts';
import { bases, routeKey, type When } from './base.ts';
import { accountId, authorizers, domainOf } from './context.ts';

/** What a function gets as text; all else is base64. Source: the developer guide and recorded events (forms come as base64). */
export const isText = (type: string | undefined): boolean =>
  type === undefined || /^\s*(?:text\/|application\/(?:json|javascript|xml)\b|[\w.-]+\/[\w.-]+\+(?:json|xml)\b)/i.test(type);

/** What the gateway adds to the fields of the client. */
function fieldsOf({ arrived, connection }: Exchange): (readonly [string, string])[] {
  const { raw } = arrived.headers;
  const fields = Array.from({ length: raw.length / 2 }, (_, at) => [raw[at * 2] as string, raw[at * 2 + 1] as string] as const);
  const forwarded = arrived.headers.getAll('x-forwarded-for');
  const added = new Set([
    'x-forwarded-for',
    'x-forwarded-port',
    'x-forwarded-proto',
    'connection',
    'transfer-encoding',
    'keep-alive',
    'te',
    'upgrade',
  ]);
  return [
    ...fields.filter(([name]) => !added.has(name.toLowerCase())),
    ['X-Forwarded-For', [...forwarded, connection.remoteAddress].join(', ')],
    ['X-Forwarded-Port', '443'],
    ['X-Forwarded-Proto', 'https'],
  ];
}

function grouped(pairs: readonly (readonly [string, string])[], nameOf = (name: string): string => name): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const key = nameOf(name);
    const there = groups.get(key);
    if (there === undefined) groups.set(key, [value]);
    else there.push(value);
  }
  return groups;
}
const objectOf = <T>(groups: ReadonlyMap<string, string[]>, value: (values: string[]) => T): Record<string, T> | null =>
  groups.size === 0 ? null : Object.fromEntries([...groups].map(([name, values]) => [name, value(values)]));
const last = (values: readonly string[]): string => values.at(-1) as string;
const joined = (values: readonly string[]): string => values.join(',');

const parametersOf = ({ params }: Exchange): Record<string, string> | null =>
  Object.keys(params).length === 0 ? null : Object.fromEntries(Object.entries(params).map(([name, value]) => [name, percentDecodeLenient(value)]));
const variablesOf = (exchange: Exchange): Readonly<Record<string, string>> | null => {
  const variables = exchange.read(bases)?.stage.variables ?? {};
  return Object.keys(variables).length === 0 ? null : variables;
};

/** Leaves out what there is none of. */
const present = (event: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(event).filter(([, value]) => value !== null && value !== undefined));

const iamOf = (caller: IamCaller | undefined): object | null =>
  caller === undefined
    ? null
    : {
        iam: {
          accessKey: caller.accessKey,
          accountId: caller.accountId,
          callerId: caller.userId,
          cognitoIdentity: null,
          principalOrgId: null,
          userArn: caller.userArn,
          userId: caller.userId,
        },
      };

/** Payload 2.0 without the body: headers and query joined by commas, cookies apart. Source: the developer guide, Lambda proxy integrations. */
export function event2(exchange: Exchange, requestId: string): Record<string, unknown> {
  const base = exchange.read(bases);
  const domain = domainOf(exchange);
  const cookies = exchange.arrived.headers.getAll('cookie').flatMap((value) => value.split(/;\s*/).filter((one) => one !== ''));
  const fields = grouped(fieldsOf(exchange), (name) => name.toLowerCase());
  fields.delete('cookie');
  const authorizer = exchange.read(authorizers);
  const iam = iamOf(exchange.read(iamCallers));
  return present({
    version: '2.0',
    routeKey: routeKey(exchange),
    rawPath: exchange.path,
    rawQueryString: exchange.query,
    cookies: cookies.length === 0 ? null : cookies,
    headers: objectOf(fields, joined) ?? {},
    queryStringParameters: objectOf(grouped(parseQuery(exchange.query)), joined),
    requestContext: present({
      accountId,
      apiId: base?.api ?? '',
      authorizer: iam ?? (authorizer === undefined ? null : 'jwt' in authorizer ? { jwt: authorizer.jwt } : { lambda: authorizer.lambda }),
      domainName: domain,
      domainPrefix: domain.split('.', 1)[0],
      http: {
        method: exchange.method,
        path: exchange.path,
        protocol: `HTTP/${exchange.arrived.httpVersion}`,
        sourceIp: exchange.connection.remoteAddress,
        userAgent: exchange.arrived.headers.get('user-agent') ?? '',
      },
      requestId,
      routeKey: routeKey(exchange),
      stage: base?.stage.name ?? '',
      time: clfTime(exchange.startedAt),
      timeEpoch: exchange.startedAt,
    }),
    pathParameters: parametersOf(exchange),
    stageVariables: variablesOf(exchange),
  });
}

const identity = ['accessKey', 'accountId', 'caller', 'cognitoAuthenticationProvider', 'cognitoAuthenticationType'].concat([
  'cognitoIdentityId',
  'cognitoIdentityPoolId',
  'principalOrgId',
  'user',
  'userArn',
]);

/** Payload 1.0 without the body: single values hold the last one, multi-value maps all. Source: as above. */
export function event1(exchange: Exchange, requestId: string): Record<string, unknown> {
  const base = exchange.read(bases);
  const { path = '' } = (exchange.route?.when ?? {}) as Partial<When>;
  const domain = domainOf(exchange);
  const fields = grouped(fieldsOf(exchange));
  const query = grouped(parseQuery(exchange.query));
  const authorizer = exchange.read(authorizers);
  return {
    version: '1.0',
    resource: path,
    path: exchange.path,
    httpMethod: exchange.method,
    headers: objectOf(fields, last),
    multiValueHeaders: objectOf(fields, (values) => values),
    queryStringParameters: objectOf(query, last),
    multiValueQueryStringParameters: objectOf(query, (values) => values),
    requestContext: {
      accountId,
      apiId: base?.api ?? '',
      authorizer:
        authorizer === undefined
          ? { claims: null, scopes: null }
          : 'jwt' in authorizer
            ? authorizer.jwt
            : { ...authorizer.lambda, ...present({ principalId: authorizer.principalId }) },
      domainName: domain,
      domainPrefix: domain.split('.', 1)[0],
      extendedRequestId: requestId,
      httpMethod: exchange.method,
      identity: {
        ...Object.fromEntries(identity.map((name) => [name, null])),
        ...identityOf(exchange.read(iamCallers)),
        sourceIp: exchange.connection.remoteAddress,
        userAgent: exchange.arrived.headers.get('user-agent') ?? '',
      },
      path: exchange.path,
      protocol: `HTTP/${exchange.arrived.httpVersion}`,
      requestId,
      requestTime: clfTime(exchange.startedAt),
      requestTimeEpoch: exchange.startedAt,
      resourceId: null,
      resourcePath: path,
      stage: base?.stage.name ?? '',
    },
    pathParameters: parametersOf(exchange),
    stageVariables: variablesOf(exchange),
  };
}
