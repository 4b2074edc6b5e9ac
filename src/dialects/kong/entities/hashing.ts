import type { Setting } from '../../../sources/setting.ts';
import type { HashSource } from '../balancer/hash-input.ts';

export type KongAlgorithm = 'round-robin' | 'consistent-hashing' | 'least-connections' | 'latency';
export interface KongHashing {
  readonly algorithm: KongAlgorithm;
  readonly first: HashSource;
  readonly fallback: HashSource;
  readonly cookiePath: string;
}

const sources = ['none', 'consumer', 'ip', 'header', 'cookie', 'path', 'query_arg', 'uri_capture'] as const;
const nothing: HashSource = { on: 'none', name: '' };

/** How an upstream chooses. What is hashed makes it hash, whatever `algorithm` says (the shorthands of kong/db/schema/entities/upstreams.lua). */
export function readHashing(setting: Setting): KongHashing {
  const named = setting.get('algorithm');
  if (named.tree?.kind === 'scalar' && named.tree.value === 'sticky-sessions') return readSticky(setting);
  const algorithm = named.oneOf('round-robin', 'consistent-hashing', 'least-connections', 'latency') ?? 'round-robin';
  ignore(setting, ['sticky_sessions_cookie', 'sticky_sessions_cookie_path'], 'only for the algorithm sticky-sessions');
  const on = setting.get('hash_on').oneOf(...sources) ?? 'none';
  const first = readSource(setting, 'on', on);
  if (on === 'none' || on === 'cookie') {
    // Whoever has no cookie is given one, so that there is always something to hash.
    setting.get('hash_fallback').ignored(`hash_on is ${on}: nothing falls back`);
  }
  const falls = on === 'none' || on === 'cookie' ? 'none' : (setting.get('hash_fallback').oneOf(...sources) ?? 'none');
  const fallback = readSource(setting, 'fallback', falls);
  const cookie = on === 'cookie' || falls === 'cookie';
  const path = setting.get('hash_on_cookie_path');
  if (!cookie) ignore(setting, ['hash_on_cookie', 'hash_on_cookie_path'], 'no cookie is hashed');
  return {
    algorithm: on === 'none' ? algorithm : 'consistent-hashing',
    first,
    fallback,
    cookiePath: cookie ? (path.string() ?? '/') : '/',
  };
}

function readSource(setting: Setting, which: 'on' | 'fallback', on: HashSource['on']): HashSource {
  let name = '';
  for (const one of ['header', 'query_arg', 'uri_capture'] as const) {
    const place = setting.get(`hash_${which}_${one}`);
    if (one === on) name = place.string() ?? '';
    else if (place.exists) place.ignored(`hash_${which} is ${on}`);
  }
  if (on === 'cookie') name = setting.get('hash_on_cookie').string() ?? '';
  const key = on === 'cookie' ? 'hash_on_cookie' : `hash_${which}_${on}`;
  if (name === '' && ['header', 'cookie', 'query_arg', 'uri_capture'].includes(on))
    setting.get(`hash_${which}`).problem('DG1204', `hash_${which} is ${on}, and ${key} is missing`, `expected ${key}: what to hash`);
  return { on, name };
}

/** Of a later release (3.11): a cookie names the target. Hashing it comes to the same while the targets stay. */
function readSticky(setting: Setting): KongHashing {
  const why = 'sessions stick by consistent hashing of their cookie';
  setting.get('algorithm').approximately(why).string();
  const name = setting.get('sticky_sessions_cookie').approximately(why).string() ?? '';
  const cookiePath = setting.get('sticky_sessions_cookie_path').approximately(why).string() ?? '/';
  if (name === '') setting.get('algorithm').problem('DG1204', 'sticky-sessions has no sticky_sessions_cookie', 'expected the name of the cookie');
  const others = setting.keys().filter((key) => key.startsWith('hash_'));
  ignore(setting, others, 'the algorithm is sticky-sessions');
  return { algorithm: 'consistent-hashing', first: { on: 'cookie', name }, fallback: nothing, cookiePath };
}

const ignore = (setting: Setting, keys: readonly string[], why: string): void => {
  for (const key of keys) if (setting.get(key).exists) setting.get(key).ignored(why);
};
