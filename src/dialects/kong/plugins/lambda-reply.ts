/** What Lambda's API answered. */
export interface LambdaAnswer {
  readonly status: number;
  /** Flat: name, value. */
  readonly headers: readonly string[];
  readonly body: string;
}
export interface LambdaReply {
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: Buffer;
}

const isTable = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Replaces fields of `before` with those of `more`. */
function merged(before: readonly string[], more: readonly string[]): string[] {
  const names = new Set(more.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase()));
  const kept: string[] = [];
  for (let at = 0; at < before.length; at += 2)
    if (!names.has((before[at] as string).toLowerCase())) kept.push(before[at] as string, before[at + 1] as string);
  return [...kept, ...more];
}

/** Lua's tables know no difference between an empty list and an empty object; the older way makes objects of all. */
const withoutEmptyLists = (value: unknown): unknown =>
  !isTable(value)
    ? value
    : Array.isArray(value)
      ? value.length === 0
        ? {}
        : value.map(withoutEmptyLists)
      : Object.fromEntries(Object.entries(value).map(([key, one]) => [key, withoutEmptyLists(one)]));

/** What a client gets of an answer that is passed on as it is. */
export function passedReply({ status, headers, body }: LambdaAnswer, unhandledStatus: number | null, legacyArrays: boolean): LambdaReply {
  const failed =
    unhandledStatus !== null &&
    headers.some((text, at) => at % 2 === 1 && text === 'Unhandled' && /^x-amz-function-error$/i.test(headers[at - 1] as string));
  return { status: failed ? unhandledStatus : status, headers, body: Buffer.from(plainText(body, legacyArrays)) };
}
function plainText(body: string, legacyArrays: boolean): string {
  if (body === '') return '';
  const value = parsed(body);
  if (typeof value === 'string') return value;
  return isTable(value) ? JSON.stringify(legacyArrays ? withoutEmptyLists(value) : value) : body;
}
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What a function says that speaks to API Gateway: the reply, or why it is none (extract_proxy_response). */
export function proxyReply(answer: LambdaAnswer): LambdaReply | string {
  const first = parsed(answer.body);
  const said = typeof first === 'string' ? parsed(first) : first;
  if (!isTable(said))
    return typeof said === 'string' ? 'Expected value but found invalid token at character 1' : 'proxy response must be json format';
  const status = Number(said['statusCode'] ?? Number.NaN);
  if (!(status >= 100 && status <= 599)) return 'statusCode validation failed';
  const { headers = {}, body = '', isBase64Encoded, multiValueHeaders } = said;
  if (!isTable(headers)) return 'headers must be a table';
  if (typeof body !== 'string') return 'body must be a string';
  if (isBase64Encoded !== undefined && typeof isBase64Encoded !== 'boolean') return 'isBase64Encoded must be a boolean';
  const own = { ...headers, ...(isTable(multiValueHeaders) ? multiValueHeaders : {}) };
  const fields = Object.entries(own).flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((one) => (isFieldName(name) && isFieldValue(one) ? [name, String(one)] : [])),
  );
  return {
    status: Math.floor(status),
    headers: merged(answer.headers, fields.length === 0 ? [] : withoutLength(fields)),
    body: Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}
const isFieldName = (name: string): boolean => /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name);
const isFieldValue = (value: unknown): boolean =>
  ['string', 'number', 'boolean'].includes(typeof value) && !/[\r\n\0]/.test(String(value as string | number | boolean));
function withoutLength(fields: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < fields.length; at += 2)
    if (!/^(?:content-length|transfer-encoding|connection)$/i.test(fields[at] as string)) kept.push(fields[at] as string, fields[at + 1] as string);
  return kept;
}
