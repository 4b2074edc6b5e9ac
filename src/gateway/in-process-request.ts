import { MessageBody } from '../engine/message-body.ts';
import { Fields } from '../http/fields.ts';
import { fromWeb, type InProcessRequest } from '../transport/in-process.ts';
import type { FetchOptions, RawRequest } from './types.ts';

/** What `gateway.fetch` takes, as it would have stood on the wire. */
export function inProcessRequest(input: Request | RawRequest | string, options: FetchOptions = {}): InProcessRequest {
  const remote = peerOf(options.remoteAddress ?? '127.0.0.1');
  if (typeof input === 'string') return fromWeb(new Request(new URL(input, 'http://localhost')), remote);
  if (input instanceof Request) return fromWeb(input, remote);
  return {
    method: input.method,
    target: input.target,
    headers: new Fields([...input.rawHeaders]),
    body: input.body === undefined ? new MessageBody(null) : MessageBody.of(typeof input.body === 'string' ? input.body : Buffer.from(input.body)),
    secure: false,
    remoteAddress: remote.address,
    remotePort: remote.port,
  };
}

function peerOf(text: string): { address: string; port: number } {
  const match = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(text);
  return match === null ? { address: text, port: 0 } : { address: (match[1] ?? match[2]) as string, port: Number(match[3]) };
}
