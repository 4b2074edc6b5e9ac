import type { Exchange } from '../../../engine/exchange.ts';
import { refuse, type Failure } from '../../../engine/outcome.ts';
import type { Setting } from '../../../sources/setting.ts';
import { decodeArgs } from '../args.ts';
import { kongExit } from '../faults.ts';
import { rawBody } from '../raw-body.ts';

/** What a plugin that looks into requests for language models needs of the settings. */
export interface AiLimits {
  readonly bodyBuffer: number;
  readonly most: number;
}
export type AiRequest = Readonly<Record<string, unknown>>;

export const readLimits = (config: Setting, bodyBuffer: number): AiLimits => ({
  bodyBuffer,
  most: config.get('max_request_body_size').number({ min: 1, integer: true }) ?? 8_192,
});

/** Requests in the words of another vendor are translated first, which is not done here. */
export function readFormat(config: Setting): void {
  const format = config.get('llm_format').oneOf('openai', 'bedrock', 'gemini') ?? 'openai';
  if (format !== 'openai')
    config.get('llm_format').problem('DG1208', `${config.get('llm_format').name}: requests of ${format} are not read here`, 'expected openai');
}

export const badRequest = (message: string): Failure => refuse(kongExit(400, { error: { message } }));
export const onlyJson: Failure = badRequest('this LLM route only supports application/json requests');

/** The body as a table: JSON, where nothing says otherwise (kong.llm.plugin.shared-filters.parse-request). */
export async function readRequest(exchange: Exchange, { bodyBuffer, most }: AiLimits, always: 'json' | null = null): Promise<AiRequest | undefined> {
  const type = always === null ? (exchange.outgoing.headers.get('content-type') ?? 'application/json').toLowerCase() : 'application/json';
  const bytes = await rawBody(exchange, bodyBuffer, most);
  if (bytes === undefined) return undefined;
  if (type.startsWith('application/x-www-form-urlencoded')) return Object.fromEntries(decodeArgs(bytes.toString('latin1')));
  if (!type.startsWith('application/json')) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null ? (value as AiRequest) : undefined;
  } catch {
    return undefined;
  }
}

/** A list of texts, or of other things, that may be so long. */
export function itemsUpTo(setting: Setting, most: number): Setting[] {
  const items = setting.items();
  if (items.length > most) setting.problem('DG1203', `${setting.name} has ${items.length} entries`, `length must be at most ${most}`);
  return items;
}
export function textUpTo(setting: Setting, most: number): string {
  const text = setting.string() ?? '';
  if (text === '' || text.length > most)
    setting.problem('DG1203', `${setting.name} has ${text.length} characters`, `length must be at least 1 and at most ${most}`);
  return text;
}
