import type { Setting } from '../../../sources/setting.ts';

/** A foreign key: a name or id, or `{name}` or `{id}`. */
export function reference(setting: Setting): string {
  if (!setting.exists) return '';
  if (setting.kind === 'map') return setting.get('id').string() ?? setting.get('name').string() ?? setting.get('username').string() ?? '';
  return setting.string() ?? '';
}

const notYet: Readonly<Record<string, string>> = {
  retries: 'failed connections are not tried again',
  write_timeout: 'writing has no time limit of its own',
  tags: 'tags have no bearing on behaviour',
};
/** A setting that is known, with the reason why it does nothing. */
export function ignoreIfThere(setting: Setting, key: string): void {
  const found = setting.get(key);
  if (found.exists) found.ignored(notYet[key] ?? `${key} is not mirrored yet`);
}
