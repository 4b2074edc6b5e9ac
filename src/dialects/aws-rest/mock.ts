import type { DestinationKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import { fault } from '../../model/fault.ts';
import { ownAnswer } from '../../engine/own-answer.ts';

export interface MockOptions {
  /** The `statusCode` that each request template yields, by media type; null where it yields none. */
  readonly requests: Readonly<Record<string, number | null>>;
  readonly passthrough: 'WHEN_NO_MATCH' | 'WHEN_NO_TEMPLATES' | 'NEVER';
  readonly responses: readonly MockResponse[];
}
export interface MockResponse {
  /** The status of the request template that selects it, or `default`. */
  readonly when: string;
  readonly status: number;
  readonly headers: readonly string[];
  readonly templates: Readonly<Record<string, string>>;
}

const mediaType = (value: string | undefined): string => value?.split(';')[0]?.trim().toLowerCase() ?? '';

/**
 * The integer `statusCode` of a request template. Unquoted names and single quotes are accepted, a text as the status is not.
 * Source: recorded answers of MOCK integrations.
 */
export function mockStatus(template: string): number | null {
  const found = /^\s*\{(?:[^{}]*,)?\s*["']?statusCode["']?\s*:\s*(\d{3})\s*(?:,[^{}]*)?\}\s*$/.exec(template);
  return found === null ? null : Number(found[1]);
}

/** The template of the Accept field; else JSON's; else the first. */
function templateFor({ templates }: MockResponse, accept: string): readonly [string, string] | undefined {
  const wanted = templates[accept];
  if (wanted !== undefined) return [accept, wanted];
  const json = templates['application/json'];
  return json === undefined ? Object.entries(templates)[0] : ['application/json', json];
}

export const mock: DestinationKind<MockOptions> = {
  kind: 'aws-rest/mock',
  create: ({ requests, passthrough, responses }) => {
    const hasTemplates = Object.keys(requests).length > 0;
    const byStatus = new Map(responses.map((response) => [response.when, response]));
    return (exchange) => {
      const type = mediaType(exchange.arrived.headers.get('content-type')) || 'application/json';
      const status = Object.hasOwn(requests, type) ? requests[type] : undefined;
      if (status === undefined && (passthrough === 'NEVER' || (passthrough === 'WHEN_NO_TEMPLATES' && hasTemplates)))
        return refuse(fault('unsupported-media-type', { type }));
      const chosen = typeof status === 'number' ? (byStatus.get(String(status)) ?? byStatus.get('default')) : undefined;
      if (chosen === undefined) return refuse(fault('internal', { cause: 'no integration response was selected' }));
      const [contentType, body] = templateFor(chosen, mediaType(exchange.arrived.headers.get('accept'))) ?? ['application/json', ''];
      const headers = [...chosen.headers];
      if (!headers.some((name, index) => index % 2 === 0 && name.toLowerCase() === 'content-type')) headers.push('Content-Type', contentType);
      return ownAnswer(chosen.status, headers, Buffer.from(body));
    };
  },
};
