import type { Exchange } from '../../engine/exchange.ts';

const most = 10 * 1024 * 1024;

/**
 * The request body as plugins see it: undefined where nginx holds it in a file, beyond `client_body_buffer_size` and a quarter of it
 * (ngx_http_read_client_request_body; kong.request.get_raw_body reads no files). @throws BodyTooLarge, BodyBroken.
 */
export async function rawBody(exchange: Exchange, buffer: number): Promise<Buffer | undefined> {
  const known = exchange.body.length;
  const inMemory = known === undefined ? buffer : buffer + (buffer >> 2) - 1;
  if (known !== undefined && known > inMemory) return undefined;
  const body = await exchange.body.whole(most);
  return body.length > inMemory ? undefined : body;
}
