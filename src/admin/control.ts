import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { listen } from '../gateway/listen.ts';
import type { Control, ControlOptions, Gateway } from '../gateway/types.ts';
import { controlApp } from './app.ts';

const host = '127.0.0.1';

/** Opens the control API of a gateway: on loopback, whatever the gateway itself listens on. @throws DevgatewayError DG1401, DG1402 */
export async function openControl(gateway: Gateway, options: ControlOptions): Promise<Control & { close(): Promise<void> }> {
  const token = options.token ?? randomBytes(32).toString('base64url');
  if (!/^[\w.~+/=-]{16,}$/.test(token)) throw new TypeError('a control token needs 16 characters or more, of those that a bearer token may have');
  const server = createServer({ maxHeaderSize: 16_384 }, await controlApp(gateway, token));
  const port = await listen(server, host, options.port ?? 0);
  return {
    url: `http://${host}:${port}`,
    token,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
