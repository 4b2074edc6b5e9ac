import type { Setting } from '../../../sources/setting.ts';
import { reference } from './shared.ts';

export interface KongPluginEntry {
  readonly name: string;
  readonly enabled: boolean;
  readonly config: Setting;
  readonly setting: Setting;
  readonly service: string;
  readonly route: string;
  readonly consumer: string;
}

export function readPlugin(setting: Setting, owner: { service: string; route: string; consumer: string }): KongPluginEntry {
  const entry = setting.as('kong/plugin');
  for (const key of ['tags', 'id', 'created_at', 'instance_name', 'protocols', '_config', 'ordering']) {
    const found = entry.get(key);
    if (!found.exists) continue;
    if (key === '_config' || key === 'ordering' || key === 'protocols') found.ignored(`${key} is not mirrored yet`);
    else found.ignored('has no bearing on behaviour');
  }
  const own = (key: 'service' | 'route' | 'consumer'): string => reference(entry.get(key)) || owner[key];
  return {
    name: entry.get('name').string() ?? '',
    enabled: entry.get('enabled').boolean() ?? true,
    config: setting.get('config'),
    setting: entry,
    service: own('service'),
    route: own('route'),
    consumer: own('consumer'),
  };
}
