import type { Gateway } from '../model/gateway.ts';
import { tapeFileOf } from '../traffic/tape/tape-file.ts';
import { Tapes, type TapeRequest } from '../traffic/tape/tapes.ts';
import { realTimer } from './real-timer.ts';
import type { Services } from './services.ts';
import type { GatewayOptions } from './types.ts';

/** The tapes of one gateway. */
export interface Taping {
  readonly tapes: Tapes;
  /** Takes the tapes that a configuration names. @throws DevgatewayError DG1601, DG1602; then those before stay. */
  readonly mount: (gateway: Gateway) => void;
}

/** Puts tapes in the place of upstreams. @throws DevgatewayError DG1601, DG1602 */
export function startTaping(options: GatewayOptions, services: Services, gateway: Gateway): Taping {
  const { clock, identity, replay, secretFields, upstreams } = services;
  const tapes = new Tapes(requestOf(options, gateway), {
    clock,
    resign: (header, claims) => identity.resign(header, claims),
    isSecretField: (name) => secretFields.has(name),
    after: realTimer,
  });
  replay.rewind = (scope) => tapes.rewind(scope);
  const mount = (next: Gateway): void => {
    tapes.mount(upstreams.tapesWith(next.upstreams));
    replay.answer = tapes.isActive ? (exchange, upstream, tape) => tapes.answer(exchange, upstream, tape) : null;
  };
  mount(gateway);
  return { tapes, mount };
}

/** As code or the command line say, else as the configuration does. */
function requestOf({ traffic, folder = process.cwd() }: GatewayOptions, gateway: Gateway): TapeRequest {
  const { mode = 'off', tapes = 'tapes', ignore = {} } = { ...gateway.traffic, ...(typeof traffic === 'object' ? traffic : {}) };
  return { mode, file: tapeFileOf(tapes, folder), ignore };
}
