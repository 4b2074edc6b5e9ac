import { createHash } from 'node:crypto';

const bytesOf = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');

/** RFC 9562 version 5: a UUID of a name within a namespace. */
function uuidV5(namespace: string, name: string): string {
  const hash = createHash('sha1').update(bytesOf(namespace)).update(name, 'utf8').digest();
  hash[6] = ((hash[6] as number) & 0x0f) | 0x50;
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

const entities = 'fd02801f-0957-4a15-a55a-c8d9606f30b5';
const namespaces = new Map<string, string>();

/** The id that Kong gives an entity of a declarative file that has none: made of its name (declarative_config, generate_ids). */
export function declarativeId(collection: string, name: string): string {
  const namespace = namespaces.get(collection) ?? uuidV5(entities, collection);
  namespaces.set(collection, namespace);
  return uuidV5(namespace, name);
}

/** The same for a credential, whose key stands in a workspace. */
export const credentialId = (collection: string, key: string): string => declarativeId(collection, `${collection}:*:${key}`);

/** An entity that has no name either: Kong draws its id by lot. Here it is made of what else it is known by, or where it stands. */
export const namelessId = (collection: string, place: string): string => declarativeId(`${collection} without a name`, place);

const splitNamespace = '7f145bf9-0dce-4f91-98eb-debbce4b9f6b';

/** The id of one of the parts that a route with paths of several sorts is split into, counted from 1 (kong.router.transform). */
export const partId = (routeId: string, part: number): string => uuidV5(splitNamespace, `${routeId}#${part}`);
