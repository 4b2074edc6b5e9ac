import { request, type IncomingHttpHeaders } from 'node:http';
import type { Gateway } from '../../../src/index.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: any;
}

/** One request to a control API, with every field as it is given. */
export function asking({ control }: Gateway, more: Record<string, string> = {}) {
  const { url, token } = control as { url: string; token: string };
  const { hostname, port } = new URL(url);
  return (method: string, path: string, body?: unknown): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
      const headers = { authorization: `Bearer ${token}`, ...(text === '' ? {} : { 'content-type': 'application/json' }), ...more };
      const req = request({ hostname, port, method, path, headers, agent: false }, (res) => {
        let received = '';
        res.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
        res.on('end', () => resolve({ status: res.statusCode ?? 0, headers: res.headers, body: received === '' ? null : JSON.parse(received) }));
      });
      req.on('error', reject).end(text);
    });
}
