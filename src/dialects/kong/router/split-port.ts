/** A host with and without its port (kong.router.traditional, split_port). */
export interface SplitHost {
  readonly bare: string;
  /** With the port that was given, or the usual one. */
  readonly full: string;
  readonly hasPort: boolean;
}

const withPort = (host: string, port: number | null): string => (port === null ? host : `${host}:${port}`);

/** Brackets are taken off the bare name; of several colons without brackets none splits. */
export function splitPort(name: string, usual: number | null): SplitHost {
  if (name.startsWith('[')) {
    if (name.endsWith(']')) return { bare: name.slice(1, -1), full: withPort(name, usual), hasPort: false };
    const at = name.indexOf(']:', 1);
    if (at >= 0 && at === name.length - 2) return { bare: name.slice(1, at), full: `${name}${usual ?? ''}`, hasPort: false };
    if (at >= 0 && /^\d+$/.test(name.slice(at + 2))) return { bare: name.slice(1, at), full: name, hasPort: true };
    return { bare: name, full: withPort(name, usual), hasPort: false };
  }
  const colon = name.indexOf(':');
  if (colon < 0) return { bare: name, full: withPort(name, usual), hasPort: false };
  if (colon === name.length - 1) return { bare: name.slice(0, -1), full: withPort(name.slice(0, -1), usual), hasPort: false };
  if (/^\d+$/.test(name.slice(colon + 1))) return { bare: name.slice(0, colon), full: name, hasPort: true };
  return { bare: name, full: usual === null ? name : `[${name}]:${usual}`, hasPort: false };
}
