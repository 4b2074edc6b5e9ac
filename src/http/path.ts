/** Undoes percent-encoding, once, byte by byte. Undefined where an escape is broken or the bytes are no UTF-8. */
export function percentDecode(text: string): string | undefined {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** RFC 3986 section 5.2.4 on an absolute path; what goes above the root stays at the root. */
export function removeDotSegments(path: string): string {
  if (!path.includes('/.')) return path;
  const out: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [index, segment] of segments.entries()) {
    const last = index === segments.length - 1;
    if (segment === '..') out.pop();
    else if (segment !== '.') out.push(segment);
    if (last && (segment === '..' || segment === '.')) out.push('');
  }
  return `/${out.join('/')}`;
}

/** Several slashes become one. */
export const mergeSlashes = (path: string): string => (path.includes('//') ? path.replaceAll(/\/{2,}/g, '/') : path);

/** Encodes what may not stand in a path; slashes stay. */
export const percentEncodePath = (path: string): string => encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23');
