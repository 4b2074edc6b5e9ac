import type { Setting } from '../setting.ts';
import type { Scalar } from '../tree.ts';

/** What stands at a place, which is not settled by it: whoever reads it does that. */
export const scalarAt = ({ tree }: Setting): Scalar | undefined => (tree?.kind === 'scalar' ? tree.value : undefined);

/** Its items, where it is a list. */
export const listAt = (setting: Setting): readonly Setting[] => (setting.kind === 'list' && setting.tree?.kind === 'list' ? setting.items() : []);

/** Whether what stands there is a map; anything else is refused. What is absent is none, and may be. */
export function isMap(setting: Setting, hint: string): boolean {
  if (setting.kind === 'map') return true;
  if (setting.exists) setting.problem('DG1202', `${setting.name} is no map`, hint);
  return false;
}

/** Refuses what is there and is neither absent nor of this type. */
export function mustBe(setting: Setting, type: 'string' | 'boolean' | 'number'): void {
  const value = scalarAt(setting);
  if (!setting.exists || typeof value === type) return;
  setting.problem('DG1202', `${setting.name} is no ${type === 'string' ? 'text' : type}`, `expected a ${type === 'string' ? 'text' : type}`);
}

/** Refuses members of a map that are none of these. */
export function onlyOf(setting: Setting, names: readonly string[]): void {
  for (const key of setting.kind === 'map' ? setting.keys() : [])
    if (!names.includes(key))
      setting.get(key).problem('DG1201', `unknown setting ${JSON.stringify(key)} in ${setting.name}`, `expected ${names.join(', ')}`);
}
