import type { Exchange } from '../../engine/exchange.ts';
import type { DestinationKind, StepKind } from '../../engine/kit.ts';
import { refuse, type Outcome } from '../../engine/outcome.ts';
import { Fields } from '../../http/fields.ts';
import { parseQuery } from '../../http/query.ts';
import { ownFault } from '../../model/fault.ts';
import type { Setting } from '../../sources/setting.ts';
import type { StageFacts } from './context.ts';
import { endpointOf, serverAt } from './endpoint.ts';
import { requestIdOf } from './identifiers.ts';
import { places } from './place.ts';
import { seenFields } from './seen-fields.ts';
import { contextMap } from './mapping/context-map.ts';
import { failed } from './mapping/failed.ts';
import { proxyAnsweredAs, reserved, unsendable } from './mapping/header-rules.ts';
import { BodyNotJson, readRequestParameters, valuesOf, type Parameter, type ParameterSource } from './mapping/parameters.ts';
import type { Integration } from './read-integration.ts';

export interface HttpProxyOptions extends StageFacts {
  /** Of the integration's URI: what stands behind the authority, with `{name}` placeholders. */
  readonly path: string;
  readonly host: string;
  /** ANY: the method that was asked with. */
  readonly method: string;
  readonly mappings: readonly Parameter[];
}

/** Fields of the client that only a mapping sends on (recorded). */
const dropped: ReadonlySet<string> = new Set(['host', 'content-encoding', 'x-amzn-remapped-host']);

/** Makes the request of an HTTP_PROXY integration: all fields of the client, mapped ones over them; mapped query parameters join the client's. */
export const httpProxyRequest: StepKind<HttpProxyOptions> = {
  kind: 'aws-rest/http-proxy-request',
  create({ path, host, method, mappings, stage, variables }, { random }) {
    const toPath = mappings.filter((one) => one.to === 'path');
    // Recorded: the request fails when it comes.
    const unmappable = mappings.some(({ to, name }) => to === 'header' && reserved.has(name.toLowerCase()));
    const readsBody = mappings.some(({ from }) => from.in === 'body');
    const build = (exchange: Exchange, body: string): Outcome => {
      if (unmappable) return failed('a reserved header field is mapped');
      const { outgoing } = exchange;
      const seen = seenFields(exchange, random);
      const headers = Fields.from([['Host', host], ...seen.filter(([name]) => !dropped.has(name.toLowerCase()))]);
      headers.set('x-amzn-apigateway-api-id', exchange.read(places)?.api ?? 'local');
      outgoing.headers = headers;
      const added: string[] = [];
      const context = contextMap(exchange, { stage, variables }, requestIdOf(exchange, random));
      const source: ParameterSource = {
        path: exchange.params,
        query: parseQuery(exchange.query),
        headers: seen,
        body,
        context,
        variables,
        exactNames: false,
      };
      for (const { to, name, from } of mappings) {
        const values = valuesOf(from, source);
        if (values.length === 0) continue;
        if (to === 'header' && unsendable.has(name.toLowerCase())) continue;
        if (to === 'header') headers.set(name, values.join(',').replaceAll(/[\r\n\0]/g, ''));
        else if (to === 'querystring') for (const value of values) added.push(`${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
      }
      const filled = path.replaceAll(/\{([^{}+]+)\+?\}/g, (_, name: string) => {
        const mapping = toPath.find((one) => one.name === name);
        return mapping === undefined ? '' : (valuesOf(mapping.from, source)[0] ?? '');
      });
      outgoing.method = method === 'ANY' ? exchange.method : method;
      const query = [...parseQuery(exchange.query).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`), ...added];
      const target = encodeURI(filled.startsWith('/') ? filled : `/${filled}`).replaceAll('%25', '%');
      outgoing.target = query.length === 0 ? target : `${target}${target.includes('?') ? '&' : '?'}${query.join('&')}`;
      return undefined;
    };
    const buildWith = async (exchange: Exchange): Promise<Outcome> => {
      const whole = await exchange.body.whole();
      try {
        return build(exchange, readsBody ? whole.toString('utf8') : '');
      } catch (error) {
        if (error instanceof BodyNotJson) return refuse(ownFault('aws-rest/invalid-json-body'));
        throw error;
      }
    };
    // The gateway has the whole request before it sends one: a backend is told its length.
    return (exchange) => (readsBody || exchange.body.length === undefined ? buildWith(exchange) : build(exchange, ''));
  },
};

/**
 * The answer of a proxied server as the client sees it. `Connection`, which the connection has kept for itself, was there where the server
 * keeps its connections, as nearly all do (recorded).
 */
export const httpProxyResponse: StepKind<null> = {
  kind: 'aws-rest/http-proxy-response',
  create: () => (exchange) => {
    const { response } = exchange;
    if (response?.from !== 'upstream') return undefined;
    const raw: string[] = [];
    for (const [name, value] of response.headers) {
      const as = proxyAnsweredAs(name);
      if (as !== undefined) raw.push(as, value);
      // It still says how long the body is.
      if (name.toLowerCase() === 'content-length') raw.push(name, value);
    }
    raw.push('x-amzn-Remapped-Connection', 'keep-alive');
    response.headers = new Fields(raw);
    return undefined;
  },
};

/** The step and the destination of an HTTP_PROXY integration, or why its settings cannot be mirrored yet. */
export function readHttpProxy(integration: Setting, facts: StageFacts): Integration {
  const uri = integration.get('uri');
  const endpoint = endpointOf(uri.string() ?? '', facts.variables);
  const mappings = readRequestParameters(integration.get('requestParameters'));
  for (const key of [
    'passthroughBehavior',
    'connectionType',
    'responses',
    'requestTemplates',
    'contentHandling',
    'credentials',
    'tlsConfig',
    'connectionId',
    'integrationTarget',
  ])
    integration.get(key).ignored('has no effect on an HTTP_PROXY integration here');
  const method = integration.get('httpMethod').string()?.toUpperCase() ?? 'ANY';
  const timeoutMs = integration.get('timeoutInMillis').number({ min: 50, max: 300_000 }) ?? 29_000;
  const { origin } = integration;
  // A stage variable that is not set leaves no host: such a method fails when it is asked.
  if (endpoint === undefined)
    return { request: [], destination: { kind: 'aws-rest/failing', options: { why: 'the uri has no host' }, origin, children: [] } };
  const { path, host } = endpoint;
  return {
    request: [{ kind: 'aws-rest/http-proxy-request', options: { ...facts, path, host, method, mappings } satisfies HttpProxyOptions, origin }],
    destination: serverAt(endpoint, [], timeoutMs, integration),
    head: [{ kind: 'aws-rest/http-proxy-response', options: null, origin }],
  };
}

/** An integration that is set up so that every request fails. */
export const failing: DestinationKind<{ readonly why: string }> = {
  kind: 'aws-rest/failing',
  create: ({ why }) => {
    const failure = failed(why);
    return () => failure;
  },
};
