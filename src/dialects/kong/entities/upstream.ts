import type { Setting } from '../../../sources/setting.ts';
import { reference } from './shared.ts';

export interface KongUpstream {
  readonly name: string;
  readonly targets: readonly { readonly address: string; readonly weight: number }[];
  readonly hostHeader: string;
  readonly setting: Setting;
}

export function readUpstream(setting: Setting, loose: readonly Setting[]): KongUpstream {
  const name = setting.get('name').string() ?? '';
  const targets = [...setting.get('targets').items(), ...loose.filter((one) => reference(one.get('upstream')) === name)];
  for (const key of [
    'algorithm',
    'hash_on',
    'hash_fallback',
    'hash_on_header',
    'hash_fallback_header',
    'hash_on_cookie',
    'hash_on_cookie_path',
    'hash_on_query_arg',
    'hash_on_uri_capture',
    'slots',
    'healthchecks',
    'client_certificate',
    'use_srv_name',
    'sticky_sessions_cookie',
  ]) {
    if (setting.get(key).exists) setting.get(key).ignored('targets are taken in turn, by weight');
  }
  setting.get('tags').ignored('tags have no bearing on behaviour');
  return {
    name,
    targets: targets.map((one) => ({ address: one.get('target').string() ?? '', weight: one.get('weight').number({ min: 0 }) ?? 100 })),
    hostHeader: setting.get('host_header').string() ?? '',
    setting,
  };
}
