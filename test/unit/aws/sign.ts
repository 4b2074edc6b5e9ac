import { createHmac } from 'node:crypto';
import { canonicalRequest, sha256 } from '../../../src/dialects/aws/iam/canonical-request.ts';
import { Fields } from '../../../src/http/fields.ts';

export const localEnv = { AWS_ACCESS_KEY_ID: 'AKIDLOCAL', AWS_SECRET_ACCESS_KEY: 'local-secret' };

interface Signing {
  readonly method?: string;
  readonly body?: string;
  readonly at?: number;
  readonly key?: string;
  readonly secret?: string;
  readonly headers?: Readonly<Record<string, string>>;
}
const basic = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, '');

function signatureOf(secret: string, at: string, canonical: string): string {
  const scope = [at.slice(0, 8), 'us-east-1', 'execute-api', 'aws4_request'];
  let key: string | Buffer = `AWS4${secret}`;
  for (const part of scope) key = createHmac('sha256', key).update(part).digest();
  return createHmac('sha256', key)
    .update(['AWS4-HMAC-SHA256', at, scope.join('/'), sha256(canonical)].join('\n'))
    .digest('hex');
}

/** A request as the tools of AWS sign it, in the Authorization field. */
export function signed(target: string, options: Signing = {}): Request {
  const { method = 'GET', body, key = localEnv.AWS_ACCESS_KEY_ID, secret = localEnv.AWS_SECRET_ACCESS_KEY, headers = {} } = options;
  const at = basic(options.at ?? Date.now());
  const [path = '', query = ''] = target.split('?');
  const fields = { host: 'localhost', 'x-amz-date': at, ...headers };
  const names = Object.keys(fields).toSorted();
  const canonical = canonicalRequest({ method, path, query, headers: new Fields(Object.entries(fields).flat()) }, names, sha256(body ?? ''));
  const authorization = `AWS4-HMAC-SHA256 Credential=${key}/${at.slice(0, 8)}/us-east-1/execute-api/aws4_request, SignedHeaders=${names.join(';')}, Signature=${signatureOf(secret, at, canonical)}`;
  return new Request(`http://localhost${target}`, { method, headers: { ...fields, authorization }, ...(body === undefined ? {} : { body }) });
}

/** The same in the query. */
export function presigned(target: string, seconds: number, ms: number): string {
  const at = basic(ms);
  const credential = encodeURIComponent(`${localEnv.AWS_ACCESS_KEY_ID}/${at.slice(0, 8)}/us-east-1/execute-api/aws4_request`);
  const query = `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${credential}&X-Amz-Date=${at}&X-Amz-Expires=${seconds}&X-Amz-SignedHeaders=host`;
  const canonical = canonicalRequest({ method: 'GET', path: target, query, headers: new Fields(['host', 'localhost']) }, ['host'], sha256(''));
  return `${target}?${query}&X-Amz-Signature=${signatureOf(localEnv.AWS_SECRET_ACCESS_KEY, at, canonical)}`;
}
