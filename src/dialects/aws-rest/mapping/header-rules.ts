/** Fields of a client that no integration, parameter or template sees (recorded; developer guide, known issues). Names are lower-case. */
export const unseen: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'content-md5',
  'expect',
  'max-forwards',
  'proxy-authenticate',
  'server',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'www-authenticate',
]);

/** Fields that are not sent even where they are mapped (recorded). */
export const unsendable: ReadonlySet<string> = new Set(['connection', 'content-length', 'expect', 'proxy-authenticate', 'te', 'transfer-encoding']);

/** Fields whose mapping lets the request fail when it comes (recorded); for functions and services more than for a server of one's own. */
export const reserved: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding']);
export const reservedForServices: ReadonlySet<string> = new Set([...reserved, 'authorization', 'connection', 'expect', 'proxy-authenticate', 'te']);

const remapped: ReadonlySet<string> = new Set([
  'authorization',
  'content-md5',
  'date',
  'expect',
  'host',
  'max-forwards',
  'proxy-authenticate',
  'trailer',
  'upgrade',
  'user-agent',
  'www-authenticate',
]);
/** Fields that functions and servers behind proxy integrations answer with under another name. Sources: recorded answers; the developer guide, important notes. */
const remappedOfProxy: ReadonlySet<string> = new Set([
  'authorization',
  'connection',
  'content-length',
  'date',
  'server',
  'www-authenticate',
  'x-amzn-requestid',
]);
const withheldOfProxy: ReadonlySet<string> = new Set(['transfer-encoding', 'via']);

/** The name that a field of a proxy integration's answer goes back to the client by; undefined where it does not. */
export function proxyAnsweredAs(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (withheldOfProxy.has(lower)) return undefined;
  return remappedOfProxy.has(lower) ? `x-amzn-Remapped-${name}` : name;
}

const withheld: ReadonlySet<string> = new Set(['connection', 'content-length', 'server', 'transfer-encoding']);

/** The name that a mapped field goes back to the client by; undefined where it does not (recorded answers of integrations that are no proxies). */
export function answeredAs(name: string): string | undefined {
  const lower = name.toLowerCase();
  if (withheld.has(lower)) return undefined;
  return remapped.has(lower) ? `x-amzn-Remapped-${name}` : name;
}
