/**
 * Undoes percent-encoding. Undefined where an escape is broken or the bytes are no UTF-8.
 * A decoded path may hold slashes and dot segments that were escaped: whoever joins or matches it must mean that.
 */
export function percentDecodeStrict(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** Undoes the escapes that are whole and leaves the others as they stand. Bytes that are no UTF-8 become U+FFFD. */
export function percentDecodeLenient(text: string): string {
  if (!text.includes('%')) return text;
  return text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}

/** RFC 3986 section 5.2.4. The path stays absolute: `..` above the root is left out. */
export function removeDotSegments(path: string): string {
  if (!path.includes('/.') && !path.startsWith('.')) return path;
  const kept: string[] = [];
  const segments = path.split('/');
  const last = segments.length - 1;
  for (const [at, segment] of segments.entries()) {
    if (segment === '.' || segment === '..') {
      if (segment === '..' && kept.length > 1) kept.pop();
      if (at === last) kept.push('');
    } else kept.push(segment);
  }
  const joined = kept.join('/');
  return path.startsWith('/') && !joined.startsWith('/') ? `/${joined}` : joined;
}

/** Each run of slashes becomes one. */
export const mergeSlashes = (path: string): string => (path.includes('//') ? path.replaceAll(/\/{2,}/g, '/') : path);

/** Both texts as they stand. */
export const joinVerbatim = (base: string, path: string): string => base + path;

/** With exactly one slash between them; an empty path adds nothing. */
export function joinOneSlash(base: string, path: string): string {
  if (path === '') return base;
  return `${base.endsWith('/') ? base.slice(0, -1) : base}/${path.startsWith('/') ? path.slice(1) : path}`;
}

/** The path without a prefix that ends at a segment border, always absolute; undefined where it does not begin with it. */
export function withoutPrefix(path: string, prefix: string): string | undefined {
  const bare = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
  if (!path.startsWith(bare)) return undefined;
  const rest = path.slice(bare.length);
  return rest === '' ? '/' : rest.startsWith('/') ? rest : undefined;
}
