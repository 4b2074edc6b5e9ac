/**
 * Kong's reading of a request path (kong.tools.uri): escapes of characters that are not reserved are undone, the others put in
 * upper case; dot segments removed, slashes merged. Bytes are latin1 characters.
 */
export function normalizeUri(path: string): string {
  if (path === '' || path === '/') return path;
  let out = path;
  if (out.includes('%')) {
    out = out.replaceAll(/%([\da-f]{2})/gi, (whole, hex: string) => {
      const char = String.fromCharCode(Number.parseInt(hex, 16));
      return reserved.has(char) ? whole.toUpperCase() : char;
    });
  }
  if (out.includes('.')) out = withoutDots(out);
  return out.includes('//') ? out.replaceAll(/\/{2,}/g, '/') : out;
}
const reserved: ReadonlySet<string> = new Set("!#$%&'()*+,/:;=?@[]");

function withoutDots(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  for (const [at, segment] of segments.entries()) {
    const last = at === segments.length - 1;
    if (segment === '..') {
      // An empty segment before it is no segment: slashes are merged.
      while (kept.length > 0 && kept.at(-1) === '') kept.pop();
      kept.pop();
    } else if (segment !== '.') kept.push(segment);
    if (last && (segment === '.' || segment === '..')) kept.push('');
  }
  return `/${kept.join('/')}`;
}

const unescaped = /[^!#$&'()*+,/:;=?@[\]A-Za-z\d\-_.~%]/g;
/** Escapes what may not stand in a path for the upstream (kong.tools.uri.escape). */
export const escapeUri = (path: string): string =>
  path.replaceAll(unescaped, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);

/** What would climb out of the service's path after stripping (kong.router.utils.sanitize_uri_postfix). */
export function sanitizePostfix(postfix: string): string {
  if (postfix === '.' || postfix === '..') return '';
  if (postfix.startsWith('./')) return postfix.slice(2);
  return postfix.startsWith('../') ? postfix.slice(3) : postfix;
}

export interface UpstreamPath {
  readonly base: string;
  readonly uri: string;
  readonly postfix: string;
  readonly strip: boolean;
}

/** Joins with exactly one slash, with Kong's special rules at the trailing one (get_upstream_uri_v0). */
export function joinV0({ base, uri, postfix, strip }: UpstreamPath): string {
  if (base.endsWith('/')) {
    if (!strip) return base + uri.slice(1);
    if (postfix === '') return base === '/' ? '/' : uri.endsWith('/') ? base : base.slice(0, -1);
    return postfix.startsWith('/') ? base.slice(0, -1) + postfix : base + postfix;
  }
  if (!strip) return uri === '/' ? base : base + uri;
  if (postfix === '') return uri.length > 1 && uri.endsWith('/') ? `${base}/` : base;
  return postfix.startsWith('/') ? base + postfix : `${base}/${postfix}`;
}

/** Puts the texts one after the other, less one slash of two (path_handling v1, traditional flavor only). */
export function joinV1({ base, uri, postfix, strip }: UpstreamPath): string {
  const rest = strip ? postfix : uri.slice(1);
  return strip && base.endsWith('/') && rest.startsWith('/') ? base.slice(0, -1) + rest : base + rest;
}
