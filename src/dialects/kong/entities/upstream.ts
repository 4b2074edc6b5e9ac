import { addressBytes } from '../../../http/cidr.ts';
import type { Setting } from '../../../sources/setting.ts';
import { readHashing, type KongHashing } from './hashing.ts';
import { readHealthChecks, type KongHealthChecks } from './health-checks.ts';
import { reference } from './shared.ts';
import { readTarget, type KongTarget } from './target.ts';

export interface KongUpstream {
  readonly name: string;
  readonly targets: readonly KongTarget[];
  readonly hostHeader: string;
  readonly slots: number;
  readonly hashing: KongHashing;
  readonly health: KongHealthChecks;
  /** The id of a certificate; empty: none. */
  readonly clientCertificate: string;
  readonly setting: Setting;
}

export function readUpstream(setting: Setting, loose: readonly Setting[]): KongUpstream {
  const name = setting.get('name').string() ?? '';
  if (name === '') setting.problem('DG1204', `${setting.name} has no name`, 'expected the name that services give as their host');
  else if (addressBytes(name) !== undefined || name.includes(':'))
    setting.get('name').problem('DG1203', `${setting.name}.name is ${JSON.stringify(name)}`, 'expected a name without a port, no address');
  const id = setting.get('id');
  const belongs = loose.filter((one) => [name, ...(id.exists ? [id.string()] : [])].includes(reference(one.get('upstream'))));
  for (const key of ['id', 'tags', 'created_at', 'updated_at']) if (setting.get(key).exists) setting.get(key).ignored('has no bearing on behaviour');
  setting.get('use_srv_name').ignored('names are not looked up as SRV records here');
  // A target that is named again replaces what was said of it.
  const targets = new Map(
    [...setting.get('targets').items(), ...belongs].flatMap((one) => {
      const target = readTarget(one.as('kong/target'));
      return target === undefined ? [] : [[`${target.host} ${target.port}`, target] as const];
    }),
  );
  const hashing = readHashing(setting);
  const slots = setting.get('slots');
  const hashes = hashing.algorithm === 'consistent-hashing';
  if (!hashes) slots.ignored('only consistent hashing has slots');
  if (hashes && [...targets.values()].some(({ host }) => addressBytes(host) === undefined))
    for (const key of ['algorithm', 'hash_on']) setting.get(key).approximately(byName).string();
  return {
    name,
    targets: [...targets.values()],
    hostHeader: setting.get('host_header').string() ?? '',
    slots: hashes ? (slots.number({ min: 10, max: 65_536, integer: true }) ?? 10_000) : 10_000,
    hashing,
    health: readHealthChecks(setting.get('healthchecks')),
    clientCertificate: reference(setting.get('client_certificate')),
    setting,
  };
}

const byName = 'a target that is a name is hashed by it, not by the addresses that it has in production: what belongs to it may differ';
