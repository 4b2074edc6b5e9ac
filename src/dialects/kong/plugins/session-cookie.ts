import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** Whom a session is of, for one audience. */
export interface SessionData {
  readonly consumer: string;
  readonly credential: string;
  readonly groups: readonly string[] | null;
  readonly subject: string;
}
/** Times in seconds. */
export interface SessionState {
  readonly id: string;
  readonly createdAt: number;
  /** From the creation to when it was saved last, and from there to when it was touched last. */
  readonly rollingOffset: number;
  readonly idlingOffset: number;
  readonly audiences: Readonly<Record<string, SessionData>>;
}

export const newSessionId = (): string => randomBytes(32).toString('base64url');
export const sealingKey = (secret: string | Buffer): Buffer => createHash('sha256').update(secret).digest();

const [ivBytes, tagBytes] = [12, 16];

/**
 * A cookie value that only the holder of the key can read or change: AES-256-GCM, bound to the name of the cookie. Kong's own
 * bytes are those of lua-resty-session; nobody but the gateway looks into them.
 */
export function seal(key: Buffer, name: string, state: SessionState): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(name));
  const sealed = Buffer.concat([cipher.update(JSON.stringify(state), 'utf8'), cipher.final()]);
  return Buffer.concat([iv, sealed, cipher.getAuthTag()]).toString('base64url');
}

/** Undefined where it was not sealed with this key and name. */
export function unseal(key: Buffer, name: string, value: string): SessionState | undefined {
  const bytes = Buffer.from(value, 'base64url');
  if (bytes.length <= ivBytes + tagBytes) return undefined;
  try {
    const cipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes), { authTagLength: tagBytes }).setAAD(Buffer.from(name));
    cipher.setAuthTag(bytes.subarray(-tagBytes));
    const text = Buffer.concat([cipher.update(bytes.subarray(ivBytes, -tagBytes)), cipher.final()]).toString('utf8');
    return JSON.parse(text) as SessionState;
  } catch {
    return undefined;
  }
}
