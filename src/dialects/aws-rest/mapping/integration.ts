import type { Exchange } from '../../../engine/exchange.ts';
import type { Answer, DestinationKind } from '../../../engine/kit.ts';
import { refuse, type Failure } from '../../../engine/outcome.ts';
import { parseQuery } from '../../../http/query.ts';
import { fault, ownFault } from '../../../model/fault.ts';
import { TemplateFailure } from '../../aws/velocity/syntax.ts';
import type { StageFacts } from '../context.ts';
import { requestIdOf } from '../identifiers.ts';
import { seenFields } from '../seen-fields.ts';
import { answerWithTrace } from '../trace.ts';
import { failed } from './failed.ts';
import { reserved, reservedForServices } from './header-rules.ts';
import { backendOf, type BackendOptions, type Fields } from './backends.ts';
import { isBinaryType, mediaType, requestContent, type Content, type ContentHandling } from './content.ts';
import { contextMap, overridesOf } from './context-map.ts';
import { BodyNotJson, valuesOf, type Parameter, type ParameterSource } from './parameters.ts';
import { respondWith, selectsBy, type ResponseOptions } from './responses.ts';
import { parseTemplates, renderMapping } from './templates.ts';

export interface IntegrationOptions extends StageFacts {
  readonly backend: BackendOptions;
  readonly requestTemplates: Readonly<Record<string, string>>;
  readonly passthrough: 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER';
  readonly requestParameters: readonly Parameter[];
  readonly contentHandling: ContentHandling;
  readonly binaryMediaTypes: readonly string[];
  /** In the order of the document. */
  readonly responses: readonly ResponseOptions[];
}

/** An integration that maps: its request by a template and parameters, what comes back by an integration response. MOCK, HTTP, and AWS. */
export const integration: DestinationKind<IntegrationOptions> = {
  kind: 'aws-rest/integration',
  create(options, deps, { children }) {
    const { requestParameters, passthrough, contentHandling, variables } = options;
    const templates = parseTemplates(options.requestTemplates);
    const types = options.binaryMediaTypes.map((type) => type.toLowerCase());
    const backend = backendOf(options.backend, deps, children, selectsBy(options.responses));
    const respond = respondWith(options.responses, options);
    const forbidden = options.backend.kind === 'http' && !options.backend.service ? reserved : reservedForServices;
    const unmappable = requestParameters.some(({ to, name }) => to === 'header' && forbidden.has(name.toLowerCase()));

    const open = async (exchange: Exchange): Promise<Answer | Failure> => {
      if (unmappable) return failed('a reserved header field is mapped');
      const requestId = requestIdOf(exchange, deps.random);
      const sent = mediaType(exchange.arrived.headers.get('content-type'));
      const type = sent || 'application/json';
      const template = templates.get(type);
      if (template === undefined && (passthrough === 'NEVER' || (passthrough === 'WHEN_NO_TEMPLATES' && templates.size > 0)))
        return refuse(fault('unsupported-media-type', { type }));
      const content = requestContent(await exchange.body.whole(), isBinaryType(types, sent), contentHandling);
      if (content === undefined) return failed('the body is not base64');
      if (template !== undefined && 'bytes' in content) return failed('a template cannot read a binary body');
      const text = 'text' in content ? content.text : '';
      const query = parseQuery(exchange.query);
      const context = contextMap(exchange, options, requestId);
      const headers = seenFields(exchange, deps.random);
      const source: ParameterSource = {
        path: exchange.params,
        query,
        headers,
        body: text,
        context,
        variables,
        exactNames: false,
      };
      const input = { body: text, path: new Map(Object.entries(exchange.params)), querystring: new Map(query), header: new Map(source.headers) };
      const body: Content = template === undefined ? content : { text: renderMapping(template, input, context, variables) };
      const answer = await backend(
        exchange,
        { body, ...mapped(requestParameters, source, context), contentType: exchange.arrived.headers.get('content-type') },
        requestId,
      );
      if (options.backend.kind !== 'mock') answerWithTrace(exchange, deps.random);
      return 'type' in answer ? answer : respond(exchange, answer, { context, input, types });
    };
    return (exchange) => open(exchange).catch(failureOf);
  },
};

function failureOf(error: unknown): Failure {
  if (error instanceof BodyNotJson) return refuse(ownFault('aws-rest/invalid-json-body'));
  if (error instanceof TemplateFailure) return failed(`the mapping template failed: ${error.message}`);
  throw error;
}

/** What parameters and the overrides of the template come to; overrides win. */
function mapped(
  parameters: readonly Parameter[],
  source: ParameterSource,
  context: ReadonlyMap<string, unknown>,
): Record<'path' | 'querystring' | 'header', Fields> {
  const found = {
    path: new Map<string, readonly string[]>(),
    querystring: new Map<string, readonly string[]>(),
    header: new Map<string, readonly string[]>(),
  };
  for (const { to, name, from } of parameters) {
    const values = valuesOf(from, source);
    if (values.length > 0) found[to].set(name, values);
  }
  for (const place of ['path', 'querystring', 'header'] as const)
    for (const [name, value] of overridesOf(context, 'requestOverride', place)) {
      for (const key of found[place].keys())
        if (key !== name && place === 'header' && key.toLowerCase() === name.toLowerCase()) found[place].delete(key);
      found[place].set(name, (Array.isArray(value) ? (value as unknown[]) : [value]).map(String));
    }
  return found;
}
