import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** A service with a login, cookies, tokens of two sorts and bodies of every sort. `secrets` are all that it has ever given away. */
export class LoginService {
  readonly secrets: string[] = [];
  readonly binary: Buffer = Buffer.from(Array.from({ length: 1_024 }, (_, at) => (at * 7) % 256));
  asked = 0;
  readonly #signed: () => Promise<string>;

  /** `signed`: makes an access token that the gateway accepts. */
  constructor(signed: () => Promise<string>) {
    this.#signed = signed;
  }

  readonly listener = (req: IncomingMessage, res: ServerResponse): void => void this.#serve(req, res);

  #secret(): string {
    const secret = randomBytes(16).toString('hex');
    this.secrets.push(secret);
    return secret;
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    this.asked += 1;
    const path = (req.url ?? '').split('?')[0];
    if (path === '/login' || path === '/refresh') {
      const access = await this.#signed();
      this.secrets.push(access);
      const session = this.#secret();
      res.writeHead(200, { 'Content-Type': 'application/json', 'Set-Cookie': `sid=${session}; Path=/; HttpOnly` });
      res.end(
        JSON.stringify({
          access_token: access,
          token_type: 'Bearer',
          expires_in: 3600,
          refresh_token: this.#secret(),
          profile: `/sessions/${session}`,
        }),
      );
    } else if (path === '/orders') {
      res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip', Vary: 'Accept-Encoding' });
      res.end(gzipSync(JSON.stringify([{ id: 1, unitPrice: 3 }])));
    } else if (path === '/page') {
      res.writeHead(200, { 'Content-Type': 'text/html', 'Content-Encoding': 'br' });
      res.end(brotliCompressSync('<h1>Größe</h1>'));
    } else if (path === '/image') {
      res.writeHead(200, { 'Content-Type': 'image/png', 'Content-Length': this.binary.length });
      res.end(this.binary);
    } else res.writeHead(200, { 'Content-Type': 'text/plain' }).end(`${req.method} ${req.url}`);
  }
}
