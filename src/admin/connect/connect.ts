import type { ConfigInput } from '../../gateway/load.ts';
import type { Fidelity, RouteInfo } from '../../gateway/types.ts';
import { collectInto, type UnhandledError } from '../../gateway/unhandled.ts';
import { Upstreams } from '../../transport/upstreams.ts';
import { findControl } from '../control-file.ts';
import { ControlClient } from './client.ts';
import { remoteScope, type RemoteScope, type Shared } from './remote-scope.ts';
import { Sender } from './sender.ts';
import { urlWithin } from '../../gateway/scope-carrier.ts';

/** A running gateway as another process holds it. */
export interface RemoteGateway extends RemoteScope, AsyncDisposable {
  routes(): Promise<readonly RouteInfo[]>;
  fidelity(): Promise<Fidelity>;
  reload(config?: ConfigInput): Promise<void>;
  scope(name: string): RemoteScope;
  /** What handlers threw that were put in the place of upstreams from here; as `gateway.errors`. */
  readonly errors: UnhandledError[];
  /** Takes back what was put here, and ends what was opened here. The gateway goes on. */
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** Default: the one that `devgateway start --control` has left in `folder`, else DEVGATEWAY_CONTROL_TOKEN. */
  readonly token?: string;
  /** Where `.devgateway/control.json` is looked for. Default: the working folder. */
  readonly folder?: string;
}

/**
 * Connects to the control API of a gateway in another process. Without a URL: to the one that runs in the working folder.
 * @throws TypeError where URL or token are not known; Error where nobody answers there, or refuses the token.
 */
export async function connectGateway(url?: string, { token, folder = process.cwd() }: ConnectOptions = {}): Promise<RemoteGateway> {
  const at = place(url, token, folder);
  const sender = new Sender();
  const errors: UnhandledError[] = [];
  const collect = collectInto(errors);
  const served = new Upstreams({}, (name, error, request) => collect({ error, upstream: name.replace(/^\d+ /, ''), request }));
  const client = new ControlClient(sender, at.url, at.token);
  let count = 0;
  const { url: address } = await client.ask<{ url: string }>('GET', '/v1').catch((error: unknown) => {
    sender.close();
    throw error;
  });
  const shared: Shared = {
    sender,
    address,
    async serve(handler, upstream) {
      const name = `${(count += 1)} ${upstream}`;
      const release = served.override(name, handler);
      return { url: await served.resolve([name], ''), release };
    },
    undone: new Set(),
  };
  const close = async (): Promise<void> => {
    // The gateway may be gone before us.
    await Promise.allSettled([...shared.undone].map((undo) => undo()));
    await served.close();
    sender.close();
  };
  return {
    ...remoteScope(shared, client, address, null),
    routes: async () => (await client.ask<{ routes: RouteInfo[] }>('GET', '/v1/routes')).routes,
    fidelity: () => client.ask('GET', '/v1/fidelity'),
    reload: (config) => client.ask('POST', '/v1/reload', { body: config === undefined ? {} : { config } }),
    scope: (name) => remoteScope(shared, client.within(name), urlWithin(address, name), name),
    errors,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function place(url: string | undefined, token: string | undefined, folder: string): { url: string; token: string } {
  const left = findControl(folder);
  const found = url ?? left?.url;
  if (found === undefined || !URL.canParse(found))
    throw new TypeError(
      found === undefined
        ? `no gateway with a control API runs in ${folder}: start one with devgateway start --control, or give its URL`
        : `${JSON.stringify(found)} is no URL of a control API`,
    );
  const known = left?.url === new URL(found).origin ? left.token : undefined;
  const given = token ?? known ?? process.env['DEVGATEWAY_CONTROL_TOKEN'];
  if (given === undefined || given === '')
    throw new TypeError(`connectGateway needs the token of ${found}: gateway.control.token, or .devgateway/control.json`);
  return { url: new URL(found).origin, token: given };
}
