import { createHash } from 'node:crypto';

const bytesOf = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex');

/** RFC 9562 version 5. */
export function uuidV5(namespace: string, name: string): string {
  const hash = createHash('sha1').update(bytesOf(namespace)).update(name, 'utf8').digest().subarray(0, 16);
  hash[6] = ((hash[6] as number) & 0x0f) | 0x50;
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
  const hex = hash.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const uuid = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
const entities = 'fd02801f-0957-4a15-a55a-c8d9606f30b5';
const namespaces: Readonly<Record<'routes' | 'services', string>> = { routes: uuidV5(entities, 'routes'), services: uuidV5(entities, 'services') };

/** The id that Kong gives an entity of a declarative file: its own, else one made of its name (declarative_config, generate_ids); empty: chance. */
export function entityId(collection: keyof typeof namespaces, id: string, name: string): string {
  if (uuid.test(id)) return id.toLowerCase();
  return name === '' ? '' : uuidV5(namespaces[collection], name);
}

const splitNamespace = '7f145bf9-0dce-4f91-98eb-debbce4b9f6b';

/** The id of one of the parts that a route with paths of several sorts is split into, counted from 1 (kong.router.transform). */
export const partId = (routeId: string, part: number): string => uuidV5(splitNamespace, `${routeId}#${part}`);
