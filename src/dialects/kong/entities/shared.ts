import type { Setting } from '../../../sources/setting.ts';

/** A foreign key: a name or id, or `{name}` or `{id}`. */
export function reference(setting: Setting): string {
  if (!setting.exists) return '';
  if (setting.kind !== 'map') return setting.string() ?? '';
  const [id, ...names] = ['id', 'name', 'username', 'custom_id'].map((key) => setting.get(key).string());
  return id ?? names.find((one) => one !== undefined) ?? '';
}

const bookkeeping: Readonly<Record<string, string>> = {
  tags: 'tags have no bearing on behaviour',
  created_at: 'when it was made has no bearing on behaviour',
  updated_at: 'when it was changed has no bearing on behaviour',
  _comment: 'a comment',
  _ignore: 'not read by Kong either',
};

/** What every entity may have and what does nothing, and more of that kind with its reason. */
export function ignoreBookkeeping(setting: Setting, more: Readonly<Record<string, string>> = {}): void {
  for (const key of setting.keys()) {
    const why = more[key] ?? bookkeeping[key];
    if (why !== undefined) setting.get(key).ignored(why);
  }
}
