import type { Exchange } from '../../engine/exchange.ts';
import { slot, type Slot } from '../../engine/slot.ts';
import type { Wording } from '../../model/fault.ts';
import type { Setting } from '../../sources/setting.ts';
import { contextValue, requestValue, type StageFacts } from './context.ts';

/** The types that API Gateway knows, with the status that each has by itself. DEFAULT_4XX and DEFAULT_5XX keep the status of the refusal. */
export const responseTypes: Readonly<Record<string, number | null>> = {
  ACCESS_DENIED: 403,
  API_CONFIGURATION_ERROR: 500,
  AUTHORIZER_CONFIGURATION_ERROR: 500,
  AUTHORIZER_FAILURE: 500,
  BAD_REQUEST_BODY: 400,
  BAD_REQUEST_PARAMETERS: 400,
  DEFAULT_4XX: null,
  DEFAULT_5XX: null,
  EXPIRED_TOKEN: 403,
  INTEGRATION_FAILURE: 504,
  INTEGRATION_TIMEOUT: 504,
  INVALID_API_KEY: 403,
  INVALID_SIGNATURE: 403,
  MISSING_AUTHENTICATION_TOKEN: 403,
  QUOTA_EXCEEDED: 429,
  REQUEST_TOO_LARGE: 413,
  RESOURCE_NOT_FOUND: 404,
  THROTTLED: 429,
  UNAUTHORIZED: 401,
  UNSUPPORTED_MEDIA_TYPE: 415,
  WAF_FILTERED: 403,
};

/** What a document says about one response type. */
export interface GatewayResponse {
  readonly status: number | null;
  /** Header name and where its value comes from: `'text'`, `method.request.header.NAME`, `context.NAME`, `stageVariables.NAME`. */
  readonly headers: readonly (readonly [string, string])[];
  readonly templates: Readonly<Record<string, string>>;
}
export type GatewayResponses = Readonly<Record<string, GatewayResponse>>;

/** How the gateway refuses before a document has its say. `type` is null where no gateway response stands for it. */
export interface Refusal {
  readonly type: string | null;
  readonly status: number;
  readonly errorType: string;
  /** Null where the gateway says nothing. */
  readonly message: string | null;
  /** Where the answer has another form than most. */
  readonly template?: string;
  /** What is wrong in detail, which only a template can ask for. */
  readonly detail?: string;
}

/** What was refused, for logs. */
export const refusals: Slot<Refusal> = slot('aws-rest/refusal');

const plainTemplate = '{"message":$context.error.messageString}';
const headerParameter = /^gatewayresponse\.header\.([!#$%&'*+.^_`|~\w-]+)$/;
const source = /^(?:'[^']*'|method\.request\.(?:header|querystring|path)\.\S+|context\.[\w.]+|stageVariables\.\w+)$/;

/** Reads `x-amazon-apigateway-gateway-responses`. */
export function readGatewayResponses(setting: Setting): GatewayResponses {
  const found: Record<string, GatewayResponse> = {};
  for (const [type, response] of setting.entries()) {
    if (!Object.hasOwn(responseTypes, type)) {
      response.problem('DG1203', `${type} is no gateway response`, `expected one of ${Object.keys(responseTypes).join(', ')}`);
      continue;
    }
    found[type] = {
      status: response.get('statusCode').number({ min: 100, max: 599, integer: true }) ?? null,
      headers: response.get('responseParameters').entries().flatMap(readHeader),
      templates: Object.fromEntries(
        response
          .get('responseTemplates')
          .entries()
          .map(([media, template]) => [media.toLowerCase(), template.string() ?? '']),
      ),
    };
  }
  return found;
}

function readHeader([name, value]: [string, Setting]): [string, string][] {
  const header = headerParameter.exec(name)?.[1];
  const from = value.string() ?? '';
  if (header !== undefined && source.test(from)) return [[header, from]];
  value.problem('DG1203', `${name}: ${from} is no parameter of a gateway response`, "expected gatewayresponse.header.NAME: 'text'");
  return [];
}

/**
 * A type with an entry of its own is answered by that and inherits nothing; one without takes status, parameters and templates of
 * DEFAULT_4XX or DEFAULT_5XX. Source: recorded answers (the inheritance rule), the developer guide, gateway response templates.
 */
export function wordRefusal(responses: GatewayResponses, refusal: Refusal, exchange: Exchange | null, facts: StageFacts, requestId: string): Wording {
  const { type, errorType } = refusal;
  const own = type === null ? undefined : responses[type];
  const entry = own ?? (type === null ? undefined : responses[refusal.status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX']);
  const values = (name: string): string => {
    if (name === 'error.message') return refusal.message ?? '';
    if (name === 'error.messageString') return JSON.stringify(refusal.message);
    if (name === 'error.responseType') return type ?? '';
    // Its quotes are escaped: templates put it between some.
    if (name === 'error.validationErrorString') return JSON.stringify(refusal.detail ?? '').slice(1, -1);
    return (exchange === null ? undefined : contextValue(name, exchange, facts, requestId)) ?? '';
  };
  const [media, template] = templateOf(entry, exchange, refusal.template ?? plainTemplate);
  const headers = (entry?.headers ?? []).flatMap(([name, from]) => {
    const value = exchange === null ? '' : parameter(from, exchange, facts, values);
    return value === '' ? [] : [name, value.replaceAll(/[\r\n\0]/g, '')];
  });
  return {
    status: entry?.status ?? (own === undefined || type === null ? refusal.status : (responseTypes[type] ?? refusal.status)),
    headers: ['Content-Type', media, 'x-amzn-ErrorType', errorType, ...headers],
    body: template.replaceAll(/\$(context|stageVariables)\.([a-zA-Z]\w*(?:\.[a-zA-Z]\w*)*)/g, (_, from: string, name: string) =>
      from === 'context' ? values(name) : (facts.variables[name] ?? ''),
    ),
  };
}

/** The template of the Accept field, else JSON's, else the first. */
function templateOf(entry: GatewayResponse | undefined, exchange: Exchange | null, otherwise: string): readonly [string, string] {
  const templates = Object.entries(entry?.templates ?? {});
  const accept = exchange?.arrived.headers.get('accept')?.split(/[,;]/, 1)[0]?.trim().toLowerCase();
  const of = (media: string | undefined): readonly [string, string] | undefined => templates.find(([name]) => name === media);
  return of(accept) ?? of('application/json') ?? templates[0] ?? ['application/json', otherwise];
}

function parameter(from: string, exchange: Exchange, { variables }: StageFacts, values: (name: string) => string): string {
  if (from.startsWith("'")) return from.slice(1, -1);
  const request = /^method\.request\.(\w+)\.(.+)$/.exec(from);
  if (request !== null) return requestValue(request[1] as string, request[2] as string, exchange) ?? '';
  return from.startsWith('context.') ? values(from.slice(8)) : (variables[from.slice(15)] ?? '');
}
