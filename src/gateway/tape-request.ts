import type { Gateway } from '../model/gateway.ts';
import { tapeFileOf } from '../traffic/tape/tape-file.ts';
import type { TapeRequest } from '../traffic/tape/tapes.ts';
import type { GatewayOptions } from './types.ts';

/** What is recorded or replayed: as code or the command line say, else as the configuration does. */
export function tapeRequestOf({ traffic, folder = process.cwd() }: GatewayOptions, gateway: Gateway): TapeRequest {
  const { mode = 'off', tapes = 'tapes', ignore = {} } = { ...gateway.traffic, ...(typeof traffic === 'object' ? traffic : {}) };
  return { mode, file: tapeFileOf(tapes, folder), ignore };
}
