export type ContentHandling = 'CONVERT_TO_TEXT' | 'CONVERT_TO_BINARY' | null;

/** A body on its way through mappings: text, or bytes that templates cannot read. */
export type Content = { readonly text: string } | { readonly bytes: Buffer };

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

export const mediaType = (value: string | undefined): string => value?.split(/[,;]/, 1)[0]?.trim().toLowerCase() ?? '';
export const isBinaryType = (types: readonly string[], type: string): boolean =>
  type !== '' && types.some((one) => one === '*/*' || one === type || (one.endsWith('/*') && type.startsWith(one.slice(0, -1))));

export const bytesOf = (content: Content): Buffer => ('text' in content ? Buffer.from(content.text) : content.bytes);

/** Text that is base64 as bytes, undefined where it is not. */
export function decoded(text: string): Content | undefined {
  const bare = text.trim();
  return base64.test(bare) ? { bytes: Buffer.from(bare, 'base64') } : undefined;
}

/** A request's body, as the recorded table has it: by whether its type is binary, and what the integration asks for. Undefined where it cannot be converted. */
export function requestContent(body: Buffer, binary: boolean, handling: ContentHandling): Content | undefined {
  if (binary) return handling === 'CONVERT_TO_TEXT' ? { text: body.toString('base64') } : { bytes: body };
  const text = body.toString('utf8');
  return handling === 'CONVERT_TO_BINARY' ? decoded(text) : { text };
}

/** An answer's body: without a handling, what the client accepts first decides. */
export function responseContent(body: Buffer, binary: boolean, handling: ContentHandling, wantsBinary: boolean): Content | undefined {
  const toBinary = handling === null ? wantsBinary : handling === 'CONVERT_TO_BINARY';
  if (binary) return toBinary ? { bytes: body } : { text: body.toString('base64') };
  const text = body.toString('utf8');
  return toBinary ? decoded(text) : { text };
}
