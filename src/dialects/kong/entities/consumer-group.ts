import type { Setting } from '../../../sources/setting.ts';
import { readConsumer, type KongConsumer } from './consumer.ts';
import type { Directory } from './directory.ts';
import { readId } from './formats.ts';
import { ignoreBookkeeping, reference } from './shared.ts';

/** A group that plugins stand on. The groups of the plugin acl are something else. */
export interface KongConsumerGroup {
  readonly id: string;
  readonly name: string;
  readonly setting: Setting;
}

export function readConsumerGroup(setting: Setting, index: number): KongConsumerGroup {
  const name = setting.get('name').string() ?? '';
  if (name === '') setting.problem('DG1204', `${setting.name} has no name`, 'expected a name');
  ignoreBookkeeping(setting);
  setting.expects(['id', 'plugins', 'consumers', 'consumer_group_consumers', 'consumer_group_plugins', 'tags']);
  setting.rejectUnknownKeys();
  return { id: readId(setting, 'consumer_groups', name, String(index)), name, setting };
}

export type Memberships = ReadonlyMap<KongConsumer, readonly KongConsumerGroup[]>;

/** The groups of each consumer by name, as Kong sorts them (kong.client, set_authenticated_consumer_groups). */
export function readMemberships(roots: readonly Setting[], consumers: Directory<KongConsumer>, groups: Directory<KongConsumerGroup>): Memberships {
  const found = new Map<KongConsumer, Set<KongConsumerGroup>>();
  const join = (consumer: KongConsumer | undefined, group: KongConsumerGroup | undefined): void => {
    if (consumer === undefined || group === undefined) return;
    const joined = found.get(consumer) ?? new Set();
    found.set(consumer, joined.add(group));
  };
  // decK's files may be a part of what Kong has: what a membership names by an object is there, whether it stands elsewhere or not.
  const consumerOf = (setting: Setting): KongConsumer | undefined =>
    setting.kind === 'map'
      ? (consumers.find(reference(setting)) ?? consumers.add(readConsumer(setting.as('kong/consumer'), consumers.all.length)))
      : consumers.refer(reference(setting), setting);
  const groupOf = (setting: Setting): KongConsumerGroup | undefined => {
    if (setting.kind === 'map') ignoreBookkeeping(setting);
    return setting.kind === 'map'
      ? (groups.find(reference(setting)) ?? groups.add(readConsumerGroup(setting.as('kong/consumer-group'), groups.all.length)))
      : groups.refer(reference(setting), setting);
  };
  for (const consumer of consumers.all.slice()) {
    for (const group of consumer.setting.get('groups').items()) join(consumer, groupOf(group));
    for (const nested of consumer.setting.get('consumer_group_consumers').items()) join(consumer, groupOf(nested.get('consumer_group')));
  }
  for (const group of groups.all.slice()) {
    for (const consumer of group.setting.get('consumers').items()) join(consumerOf(consumer), group);
    for (const nested of group.setting.get('consumer_group_consumers').items()) join(consumerOf(nested.get('consumer')), group);
  }
  for (const pair of roots.flatMap((root) => root.get('consumer_group_consumers').items())) {
    ignoreBookkeeping(pair);
    join(consumerOf(pair.get('consumer')), groupOf(pair.get('consumer_group')));
  }
  return new Map([...found].map(([consumer, joined]) => [consumer, [...joined].sort((a, b) => (a.name < b.name ? -1 : 1))]));
}
