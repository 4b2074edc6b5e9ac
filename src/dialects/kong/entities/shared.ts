import type { Setting } from '../../../sources/setting.ts';

/** A foreign key: a name or id, or `{name}` or `{id}`. */
export function reference(setting: Setting): string {
  if (!setting.exists) return '';
  if (setting.kind === 'map')
    return setting.get('id').string() ?? setting.get('name').string() ?? setting.get('username').string() ?? setting.get('custom_id').string() ?? '';
  return setting.string() ?? '';
}

const reasons: Readonly<Record<string, string>> = {
  retries: 'failed connections are not tried again',
  write_timeout: 'writing has no time limit of its own',
  tags: 'tags have no bearing on behaviour',
  created_at: 'when it was made has no bearing on behaviour',
  updated_at: 'when it was changed has no bearing on behaviour',
  _comment: 'a comment',
  _ignore: 'not read by Kong either',
};
/** A setting that is known, with the reason why it does nothing. */
export function ignoreIfThere(setting: Setting, key: string, why: string = reasons[key] ?? `${key} is not mirrored yet`): void {
  const found = setting.get(key);
  if (found.exists) found.ignored(why);
}

/** What every entity may have and what does nothing. */
export function ignoreBookkeeping(setting: Setting): void {
  for (const key of ['tags', 'created_at', 'updated_at', '_comment', '_ignore']) ignoreIfThere(setting, key);
}
