import type { Setting } from '../../../sources/setting.ts';
import { declarativeId, namelessId } from '../entity-id.ts';
import { normalizeUri } from '../router/uri.ts';

/** What Kong's schema asks of texts (kong.db.schema.typedefs, kong.tools.ip). Each says what is wrong, or nothing. */
type Check = (text: string) => string | undefined;

/** A name: letters and digits of any script, `.`, `-`, `_`, `~`, and spaces within. */
export const nameFault: Check = (text) =>
  // eslint-disable-next-line no-control-regex
  /[\u0000-\u001f\u007f!-,/:-@[-^`{-}]/.test(text) || text.trim() !== text
    ? 'must hold only letters, digits and the characters ., -, _ and ~'
    : undefined;

/** The path of a service. */
export const servicePathFault: Check = (text) => {
  if (!text.startsWith('/')) return 'must begin with /';
  if (text.includes('//')) return 'must not have empty segments';
  const odd = /[^\w.\-~!$&'()*+,;=:@%/]/.exec(text)?.[0];
  if (odd !== undefined) return `holds ${JSON.stringify(odd)}, which may not stand in a path`;
  return badEscape(text);
};

const badEscape: Check = (text) => {
  const bad = /%(?![\dA-Fa-f]{2}).{0,2}/.exec(text)?.[0];
  return bad === undefined ? undefined : `holds ${JSON.stringify(bad)}, which is no escape`;
};

/** A path of a route: `/prefix` or `~/regex`. */
export const routePathFault: Check = (text) => {
  if (text.startsWith('~'))
    return text.startsWith('~/') || text.startsWith('~^/') ? undefined : 'must begin with / (a prefix) or ~/ (a regular expression)';
  if (!text.startsWith('/')) return 'must begin with / (a prefix) or ~/ (a regular expression)';
  if (text.includes('//')) return 'must not have empty segments';
  const normal = normalizeUri(text);
  return badEscape(text) ?? (normal === text ? undefined : `is not normal: write ${JSON.stringify(normal)}`);
};

const label = /^[\w-]+$/;
const isHostName = (text: string): boolean =>
  text.length <= 255 &&
  text
    .replace(/\.$/, '')
    .split('.')
    .every((part) => label.test(part));
const isIpv4 = (text: string): boolean => /^\d+(?:\.\d+){3}$/.test(text);
const isIpv6 = (text: string): boolean => text.length < 64 && /^\[?[\dA-Fa-f:.]*:[\dA-Fa-f:.]*(?:%\w+)?\]?$/.test(text) && text.split(':').length > 2;

/** The host of a service: no port. */
export const hostFault: Check = (text) => {
  if (isIpv6(text)) return undefined;
  if (/:\d*$/.test(text)) return 'must not have a port';
  return isHostName(text) ? undefined : 'is no host name';
};

/** A host of a route: with a port, and a wildcard at one end. */
export const routeHostFault: Check = (text) => {
  if (isIpv6(text)) return undefined;
  const [, host = text] = /^(.*?)(?::\d+)?$/.exec(text) ?? [];
  const stars = host.split('*').length - 1;
  if (stars > 1) return 'may have one wildcard';
  if (stars === 1 && !(host.startsWith('*.') || host.endsWith('.*'))) return 'may have a wildcard only as its first or last part';
  const plain = host.replace('*', 'abc');
  return isIpv6(plain) || isIpv4(plain) || isHostName(plain) ? undefined : 'is no host name';
};

export const sniFault: Check = (text) => {
  if (isIpv4(text) || isIpv6(text)) return 'must not be an IP address';
  if (/:\d+$/.test(text)) return 'must not have a port';
  return routeHostFault(text);
};

export const methodFault: Check = (text) => (/^[A-Z]+$/.test(text) ? undefined : 'must be in capital letters');

export const headerNameFault: Check = (text) => {
  if (!/^[\w-]+$/.test(text)) return 'is no name of a header field';
  return text.toLowerCase() === 'host' ? 'must not be host: hosts stand in hosts' : undefined;
};

/** The texts of a list, each judged over its own place. */
export function judged(setting: Setting, fault: Check): string[] {
  return setting.items().flatMap((item) => {
    const text = item.string();
    if (text === undefined) return [];
    judge(item, text, fault);
    return [text];
  });
}

export function judge(setting: Setting, text: string, fault: Check): void {
  const wrong = fault(text);
  if (wrong !== undefined) setting.problem('DG1203', `${setting.name} is ${JSON.stringify(text)}`, `it ${wrong}`);
}

/** The id of an entity: its own, or that which Kong makes of its name. `place`: what it is known by where it has none. */
export function readId(setting: Setting, collection: string, name: string, place: string): string {
  const id = setting.get('id').string();
  if (id !== undefined)
    judge(setting.get('id'), id, (text) => (/^[\dA-Fa-f]{8}(?:-[\dA-Fa-f]{4}){3}-[\dA-Fa-f]{12}$/.test(text) ? undefined : 'must be a UUID'));
  return id ?? (name === '' ? namelessId(collection, place) : declarativeId(collection, name));
}
