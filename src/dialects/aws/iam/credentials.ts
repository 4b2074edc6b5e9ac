/** What signatures of requests are checked with. */
export interface Credentials {
  readonly accessKeyId: string;
  /** Not enumerable: it is never shown, logged or written to a file. */
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
}

export const noCredentials = 'no signature is good: there are no credentials to check them with';

type Env = Readonly<Record<string, string | undefined>>;

/** The credentials that tools of AWS would take from the same environment; null where there are none. */
export function credentialsOf(env: Env): Credentials | null {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = env;
  if (!accessKeyId || !secretAccessKey) return null;
  const hidden = { value: secretAccessKey, enumerable: false };
  const token = { value: sessionToken || null, enumerable: false };
  return Object.defineProperties({ accessKeyId }, { secretAccessKey: hidden, sessionToken: token }) as Credentials;
}
