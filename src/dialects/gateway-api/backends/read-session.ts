import type { Setting } from '../../../sources/setting.ts';
import { readDuration } from '../duration.ts';
import { shortHash, type SessionTimes } from './session-token.ts';

/** How the requests of a client stay with one backend. Source: SessionPersistence of the API reference, GEP-1619. */
export interface SessionOptions extends SessionTimes {
  readonly type: 'Cookie' | 'Header';
  /** Of the cookie or of the field. */
  readonly name: string;
  /** The cookie outlives the browser. */
  readonly permanent: boolean;
  /** Whether the cookie is for the path of the match alone: not where a policy of the Service asks for it. */
  readonly onPath: boolean;
}

/** `rule`: what the name is made from where none is said. Null where nothing is asked for. */
export function readSession(setting: Setting, rule: string, onPath: boolean): SessionOptions | null {
  if (!setting.exists) return null;
  const type = setting.get('type').oneOf('Cookie', 'Header') ?? 'Cookie';
  const cookie = setting.get('cookieConfig');
  const lifetime = cookie.get('lifetimeType').oneOf('Session', 'Permanent') ?? 'Session';
  const absolute = setting.get('absoluteTimeout');
  const absoluteMs = readDuration(absolute) || undefined;
  if (lifetime === 'Permanent' && !absolute.exists)
    cookie.problem('DG1203', 'a permanent cookie has no end', 'expected absoluteTimeout beside the lifetimeType Permanent');
  return {
    type,
    name: readName(setting.get('sessionName'), type) ?? `gateway-session-${shortHash(rule)}`,
    permanent: lifetime === 'Permanent',
    onPath,
    absoluteMs,
    idleMs: readDuration(setting.get('idleTimeout')) || undefined,
  };
}

/** Fields that say how a message is framed or where it goes. */
const reserved: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function readName(setting: Setting, type: SessionOptions['type']): string | undefined {
  const name = setting.string();
  if (name === undefined || name === '') return undefined;
  if (/^[\w!#$%&'*+\-.^`|~]{1,128}$/.test(name) && !(type === 'Header' && reserved.has(name.toLowerCase()))) return name;
  return setting.problem('DG1203', `${JSON.stringify(name)} cannot name a cookie or a field`, 'expected up to 128 letters, digits and - . _');
}
