import path from 'node:path';
import { tapeModes, type TapeSettings } from '../../model/gateway.ts';
import type { Setting } from '../../sources/setting.ts';

/** Whether upstreams are recorded or replayed, and where the tape is. */
export function readTraffic(setting: Setting, folder: string): TapeSettings {
  const ignore = setting.get('ignore');
  const read = {
    mode: setting.get('mode').oneOf(...tapeModes) ?? 'off',
    tapes: path.resolve(folder, setting.get('tapes').string() ?? 'tapes'),
    ignore: { query: ignore.get('query').strings(), body: ignore.get('body').strings() },
  };
  if (ignore.exists) ignore.rejectUnknownKeys();
  setting.rejectUnknownKeys();
  return read;
}
