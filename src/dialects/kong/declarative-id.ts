import { createHash } from 'node:crypto';

/** RFC 9562 section 5.5: a UUID of version 5 of a name within a namespace. */
function uuidV5(namespace: string, name: string): string {
  const bytes = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
    .subarray(0, 16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

const entities = 'fd02801f-0957-4a15-a55a-c8d9606f30b5';

/** The id that Kong gives an entity of a declarative file that has none (kong.db.schema.others.declarative_config). */
export const declarativeId = (collection: string, key: string): string => uuidV5(uuidV5(entities, collection), key);

/** The same for a credential, whose key stands in a workspace. */
export const credentialId = (collection: string, key: string): string => declarativeId(collection, `${collection}:*:${key}`);
