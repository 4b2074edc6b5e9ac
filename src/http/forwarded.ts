/** X-Forwarded-For with the peer added at its end. */
export const appendForwardedFor = (present: string | undefined, peer: string): string =>
  present === undefined || present.trim() === '' ? peer : `${present}, ${peer}`;

/** The addresses of X-Forwarded-For in its order, several fields joined by commas. Empty members are left out. */
export const forwardedAddresses = (value: string | undefined): string[] =>
  value === undefined
    ? []
    : value
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== '');

/**
 * The client as trusted proxies name it: from the peer backwards, the first address that is not trusted; the left-most where all are.
 * What an untrusted peer says about others is not read.
 */
export function walkTrusted(peer: string, forwarded: readonly string[], trusted: (address: string) => boolean): string {
  let client = peer;
  for (let at = forwarded.length - 1; at >= 0 && trusted(client); at -= 1) client = hostOf(forwarded[at] as string);
  return client;
}

/** The one before the peer, where the peer is trusted: for gateways that take the last address and look no further. */
export const lastForwarded = (peer: string, forwarded: readonly string[], trusted: (address: string) => boolean): string =>
  forwarded.length > 0 && trusted(peer) ? hostOf(forwarded.at(-1) as string) : peer;

/** An address without its port: `1.2.3.4:80`, `[::1]:80`, `[::1]`. */
export function hostOf(text: string): string {
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    return end < 0 ? text : text.slice(1, end);
  }
  const colon = text.indexOf(':');
  return colon >= 0 && colon === text.lastIndexOf(':') ? text.slice(0, colon) : text;
}
