import type { Exchange } from '../../../engine/exchange.ts';
import type { LinkDeps, Opener } from '../../../engine/kit.ts';
import type { Failure } from '../../../engine/outcome.ts';
import { readWhole } from '../../../http/body.ts';
import { Fields as HeaderFields } from '../../../http/fields.ts';
import type { Destination } from '../../../model/gateway.ts';
import { invoke } from '../invoke.ts';
import { bytesOf, type Content } from './content.ts';
import { failed } from './failed.ts';
import { unsendable } from './header-rules.ts';

export type Fields = ReadonlyMap<string, readonly string[]>;
export interface BackendRequest {
  readonly body: Content;
  readonly path: Fields;
  readonly querystring: Fields;
  readonly header: Fields;
  /** Of the client. */
  readonly contentType: string | undefined;
}
export interface BackendAnswer {
  /** What integration responses are selected by: a status, or the error of a function; empty for a function that succeeded. */
  readonly selectBy: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}
export type Backend = (exchange: Exchange, request: BackendRequest, requestId: string) => BackendAnswer | Failure | Promise<BackendAnswer | Failure>;
export type BackendOptions =
  | { readonly kind: 'mock' }
  | { readonly kind: 'lambda'; readonly function: string; readonly timeoutMs: number }
  /** `path` of the URI with its query and `{name}` placeholders; `service`: an AWS service instead of a server of one's own. */
  | { readonly kind: 'http'; readonly host: string; readonly path: string; readonly method: string; readonly service: boolean };

/** `isMapped`: whether an integration response is there for the message of an error. */
export function backendOf(
  options: BackendOptions,
  deps: LinkDeps,
  children: readonly Destination[],
  isMapped: (message: string) => boolean,
): Backend {
  if (options.kind === 'mock') return mock;
  if (options.kind === 'lambda') return lambda(options.function, options.timeoutMs, deps, isMapped);
  const [child] = children;
  return http(options, child === undefined ? () => failed('the host of the integration is not known') : deps.linkDestination(child));
}

const jsonHeaders = [['Content-Type', 'application/json']] as const;

/** The request's own text says the status: an integer `statusCode`, in JSON or something like it. Source: recorded answers. */
const mock: Backend = (_exchange, { body }) => {
  const text = bytesOf(body).toString().trimStart();
  const found = text.startsWith('{') ? /[{,]\s*(?:"statusCode"|'statusCode'|statusCode)\s*:\s*(\d{3})\s*[,}]/.exec(text) : null;
  const status = found?.[1];
  return status === undefined
    ? failed('the request template yields no integer statusCode')
    : { selectBy: status, headers: [], body: Buffer.alloc(0) };
};

/** A function behind an AWS integration: its event is the mapped text; its error's message selects the response. */
function lambda(name: string, timeoutMs: number, deps: LinkDeps, isMapped: (message: string) => boolean): Backend {
  return async (exchange, { body, header }) => {
    const text = bytesOf(body).toString('utf8');
    let event: unknown;
    try {
      event = text === '' ? {} : JSON.parse(text);
    } catch {
      return failed('the event of the function is no JSON');
    }
    const invocation = [...header].find(([field]) => field.toLowerCase() === 'x-amz-invocation-type')?.[1][0];
    const invoking = invoke(name, event, timeoutMs, exchange, deps, isMapped);
    // Whoever calls so is answered at once and never told how it went.
    if (invocation === 'Event') return { selectBy: '', headers: jsonHeaders, body: Buffer.alloc(0) };
    const invoked = await invoking;
    if ('refused' in invoked) return invoked.refused;
    if ('result' in invoked) return { selectBy: '', headers: jsonHeaders, body: Buffer.from(JSON.stringify(invoked.result ?? null)) };
    return { selectBy: invoked.error.errorMessage, headers: jsonHeaders, body: Buffer.from(JSON.stringify(invoked.error)) };
  };
}

/** A request of the gateway's own: nothing of the client's goes along but what is mapped. Source: recorded requests of HTTP integrations. */
function http({ host, path, method }: Extract<BackendOptions, { kind: 'http' }>, send: Opener): Backend {
  return async (exchange, request) => {
    const { outgoing } = exchange;
    const headers = new HeaderFields([
      'Host',
      host,
      'Accept',
      'application/json',
      'User-Agent',
      'AmazonAPIGateway_local',
      'x-amzn-apigateway-api-id',
      'local',
    ]);
    const body = bytesOf(request.body);
    if (body.length > 0) headers.set('Content-Type', request.contentType ?? 'application/json');
    for (const [name, values] of request.header)
      if (!unsendable.has(name.toLowerCase())) headers.set(name, values.join(',').replaceAll(/[\r\n\0]/g, ''));
    outgoing.headers = headers;
    outgoing.method = method === 'ANY' ? exchange.method : method;
    outgoing.target = targetOf(path, request);
    exchange.body.replace(body);
    const answer = await send(exchange);
    if ('type' in answer) return answer;
    const answered = answer.whole ?? (answer.length === 0 ? Buffer.alloc(0) : (await readWhole(answer, 10_485_760)).bytes);
    return { selectBy: String(answer.status), headers: [...answer.headers], body: answered };
  };
}

function targetOf(path: string, { path: params, querystring }: BackendRequest): string {
  const filled = path.replaceAll(/\{([^{}+]+)\+?\}/g, (whole, name: string) =>
    params.get(name)?.[0] === undefined ? '' : encodeURI(params.get(name)?.[0] ?? whole),
  );
  const query = [...querystring].flatMap(([name, values]) => values.map((value) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`));
  const target = encodeURI(filled.startsWith('/') ? filled : `/${filled}`).replaceAll('%25', '%');
  return query.length === 0 ? target : `${target}${target.includes('?') ? '&' : '?'}${query.join('&')}`;
}
