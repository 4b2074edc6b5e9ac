import type { Exchange } from '../../../engine/exchange.ts';
import type { Answer } from '../../../engine/kit.ts';
import type { Failure } from '../../../engine/outcome.ts';
import { ownAnswer } from '../../../engine/own-answer.ts';
import { compileRegex } from '../../../matching/regex.ts';
import type { InputSource } from '../../aws/mapping/functions.ts';
import type { StageFacts } from '../context.ts';
import type { BackendAnswer } from './backends.ts';
import { bytesOf, isBinaryType, mediaType, responseContent, type Content, type ContentHandling } from './content.ts';
import { overridesOf } from './context-map.ts';
import { failed } from './failed.ts';
import { answeredAs } from './header-rules.ts';
import { BodyNotJson, valuesOf, type From, type ParameterSource } from './parameters.ts';
import { parseTemplates, renderMapping, templateFor } from './templates.ts';

export interface ResponseOptions {
  /** The selection pattern, or `default`. */
  readonly when: string;
  readonly status: number;
  readonly parameters: readonly { readonly name: string; readonly from: From }[];
  readonly templates: Readonly<Record<string, string>>;
  readonly contentHandling: ContentHandling;
}
export interface Mapping {
  readonly context: Map<string, unknown>;
  readonly input: InputSource;
  readonly types: readonly string[];
}

/** A pattern matches the whole of what it selects by, as Java's `matches`. */
export const selectionPattern = (source: string): RegExp => compileRegex(`^(?:${source})$`);

/** Whether a response is there for a text by a pattern of its own. */
export function selectsBy(responses: readonly ResponseOptions[]): (text: string) => boolean {
  const patterns = responses.flatMap(({ when }) => (when === 'default' || when === '' ? [] : [selectionPattern(when)]));
  return (text) => patterns.some((one) => one.test(text));
}

/** Makes the method response: the first integration response whose pattern matches, else the default one, else a failure. */
export function respondWith(
  responses: readonly ResponseOptions[],
  { variables }: StageFacts,
): (exchange: Exchange, answer: BackendAnswer, mapping: Mapping) => Answer | Failure {
  const compiled = responses.map((one) => ({
    ...one,
    pattern: one.when === 'default' || one.when === '' ? null : selectionPattern(one.when),
    templates: parseTemplates(one.templates),
  }));
  return (exchange, answer, { context, input, types }) => {
    const chosen =
      compiled.find(({ pattern }) => answer.selectBy !== '' && pattern?.test(answer.selectBy)) ?? compiled.find(({ pattern }) => pattern === null);
    if (chosen === undefined) return failed('no integration response was selected');
    const accept = mediaType(exchange.arrived.headers.get('accept'));
    const binary = isBinaryType(types, mediaType(answer.headers.findLast(([name]) => name.toLowerCase() === 'content-type')?.[1]));
    const content = responseContent(answer.body, binary, chosen.contentHandling, isBinaryType(types, accept));
    if (content === undefined) return failed('the answer is not base64');
    const text = 'text' in content ? content.text : '';
    const source: ParameterSource = { path: {}, query: [], headers: answer.headers, body: text, context, variables, exactNames: true };
    const headers = new Map<string, readonly [string, readonly string[]]>();
    for (const { name, from } of chosen.parameters) {
      let values: readonly string[];
      try {
        values = valuesOf(from, source);
      } catch (error) {
        if (error instanceof BodyNotJson) return failed(error.message);
        throw error;
      }
      if (values.length > 0) headers.set(name.toLowerCase(), [name, values]);
    }
    const template = templateFor(chosen.templates, accept);
    if (template !== undefined && 'bytes' in content) return failed('a template cannot read a binary body');
    const body: Content = template === undefined ? content : { text: renderMapping(template[1], { ...input, body: text }, context, variables) };
    for (const [name, value] of overridesOf(context, 'responseOverride', 'header'))
      headers.set(name.toLowerCase(), [name, (Array.isArray(value) ? (value as unknown[]) : [value]).map(String)]);
    if (!headers.has('content-type')) headers.set('content-type', ['Content-Type', [template?.[0] ?? 'application/json']]);
    const raw = [...headers.values()].flatMap(([name, values]) => {
      const as = answeredAs(name);
      return as === undefined ? [] : [as, values.join(',').replaceAll(/[\r\n\0]/g, '')];
    });
    return ownAnswer(statusOf(context, chosen.status), raw, bytesOf(body));
  };
}

/** A template may set another status; what is none is passed over. */
function statusOf(context: ReadonlyMap<string, unknown>, status: number): number {
  const overrides = context.get('responseOverride');
  const given = Number(overrides instanceof Map ? (overrides.get('status') ?? Number.NaN) : Number.NaN);
  return Number.isInteger(given) && given >= 100 && given <= 599 ? given : status;
}
