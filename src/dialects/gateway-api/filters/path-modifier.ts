import type { Exchange } from '../../../engine/exchange.ts';
import type { Setting } from '../../../sources/setting.ts';
import { matchedPrefix } from '../matching/matched.ts';

/** `prefix`: what the match's prefix becomes. */
export type PathModifier = { readonly full: string } | { readonly prefix: string };

/** Null where the filter says nothing of the path. */
export function readPathModifier(path: Setting): PathModifier | null {
  if (!path.exists) return null;
  const type = path.get('type').oneOf('ReplaceFullPath', 'ReplacePrefixMatch');
  if (type === 'ReplaceFullPath') return { full: path.get('replaceFullPath').string() ?? '' };
  if (type === 'ReplacePrefixMatch') return { prefix: path.get('replacePrefixMatch').string() ?? '' };
  if (!path.get('type').exists) path.problem('DG1204', `${path.name} has no type`, 'expected ReplaceFullPath or ReplacePrefixMatch');
  return null;
}

/** The new path; undefined where a prefix is to be replaced and the rule was not chosen by one. */
export function modifiedPath(modifier: PathModifier, exchange: Exchange): string | undefined {
  if ('full' in modifier) return rooted(modifier.full);
  const prefix = exchange.read(matchedPrefix);
  return prefix === undefined ? undefined : replacePrefix(exchange.path, prefix, modifier.prefix);
}

/** Whole elements only; a slash at the end of either prefix means nothing (the table at HTTPPathModifier of the API). */
export const replacePrefix = (path: string, prefix: string, replacement: string): string =>
  rooted(replacement.replace(/\/$/, '') + path.slice(prefix.replace(/\/$/, '').length));

const rooted = (path: string): string => (path.startsWith('/') ? path : `/${path}`);
