import type { Exchange } from '../../engine/exchange.ts';

const most = 10 * 1024 * 1024;

/**
 * The request body as plugins see it: undefined where nginx holds it in a file, beyond `client_body_buffer_size` and a quarter of it
 * (ngx_http_read_client_request_body); a plugin may read files of up to `file` bytes (kong.request.get_raw_body). @throws BodyTooLarge, BodyBroken.
 */
export async function rawBody(exchange: Exchange, buffer: number, file = 0): Promise<Buffer | undefined> {
  const known = exchange.body.length;
  const readable = Math.max(file, known === undefined ? buffer : buffer + (buffer >> 2) - 1);
  if (known !== undefined && known > readable) return undefined;
  const body = await exchange.body.whole(most);
  return body.length > readable ? undefined : body;
}
