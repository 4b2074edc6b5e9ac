import type { When } from '../match.ts';

/** Where a cookie of a match belongs: its path, and of a regular expression the elements before its first special character (GEP-1619). */
export function cookiePath({ type, value }: When['path']): string {
  const path = type === 'RegularExpression' ? literal(value) : value;
  const trimmed = path.replace(/\/+$/, '');
  return /^\/[\u0021-\u003a\u003c-\u007e]*$/.test(trimmed) ? trimmed : '/';
}

function literal(regex: string): string {
  if (regex.includes('|')) return '/';
  const text = regex.replace(/^\^/, '').replace(/\$$/, '');
  const special = text.search(/[^\w/%~-]/);
  return special < 0 ? text : text.slice(0, text.lastIndexOf('/', special));
}
