import type { Setting } from '../../../sources/setting.ts';

export interface KongTarget {
  /** As it is written. */
  readonly address: string;
  /** A name or an address, IPv6 without brackets. */
  readonly host: string;
  readonly port: number;
  readonly weight: number;
  /** Asked only while the others are not well. */
  readonly failover: boolean;
}

/** `host`, `host:port`, `[::1]:port`, `::1`; without a port Kong's own 8000. */
export function readTarget(setting: Setting): KongTarget | undefined {
  for (const key of ['id', 'tags', 'created_at', 'updated_at', 'upstream']) if (setting.get(key).exists) setting.get(key).ignored(bookkeeping(key));
  const place = setting.get('target');
  const address = place.string();
  const weight = setting.get('weight').number({ min: 0, max: 65_535, integer: true }) ?? 100;
  const failover = setting.get('failover').approximately('of a later release: asked where the others are not well enough').boolean() ?? false;
  if (address === undefined) return setting.problem('DG1204', `${setting.name} has no target`, 'expected target: HOST:PORT');
  const [, bracketed, literal, name, given] =
    /^(?:\[([\da-f:.]+)\]|([\da-f]*:[\da-f.]*:[\da-f:.]*)|([^\s:/@[\]]+))(?::(\d{1,5}))?$/i.exec(address) ?? [];
  const host = bracketed ?? literal ?? name;
  const port = given === undefined ? 8000 : Number(given);
  if (host === undefined || port < 1 || port > 65_535)
    return place.problem('DG1203', `${place.name} is ${JSON.stringify(address)}`, 'expected HOST:PORT, such as orders.internal:8080');
  return { address, host: host.toLowerCase(), port, weight, failover };
}

const bookkeeping = (key: string): string =>
  key === 'upstream' ? 'says to which upstream the target belongs' : `${key} has no bearing on behaviour`;
