import { compilePcre } from '../pcre.ts';

/** An origin as it is compared: without path, user and the port that its scheme implies. */
interface Origin {
  readonly domain: string;
  readonly host: string;
}

/** What an origin of the configuration allows; undefined for what is not on the list. */
export type OriginRule =
  | { readonly kind: 'any' }
  | { readonly kind: 'fixed'; readonly origin: string }
  | { readonly kind: 'listed'; readonly match: (asked: string) => string | undefined };

const plain = /^[A-Za-z0-9.:/-]+$/;

/** Source: kong/plugins/cors/handler.lua, configure_origin; URLs are divided as luasocket's socket.url does. */
export function compileOrigins(origins: readonly string[]): OriginRule {
  const [first = '*', ...more] = origins;
  if (more.length === 0 && first === '*') return { kind: 'any' };
  if (more.length === 0 && plain.test(first)) return { kind: 'fixed', origin: first };
  if (origins.includes('*')) return { kind: 'listed', match: () => '*' };
  const tests = origins.map(originTest);
  return {
    kind: 'listed',
    match(asked) {
      const origin = normalize(asked);
      return tests.some((test) => test(origin)) ? origin.domain : undefined;
    },
  };
}

function originTest(entry: string): (asked: Origin) => boolean {
  if (plain.test(entry)) {
    const { domain } = normalize(entry);
    return (asked) => asked.domain === domain;
  }
  const ended = entry.endsWith('$') ? entry : `${entry}$`;
  const regex = compilePcre(originPattern(ended));
  // Without a colon it speaks of the host alone.
  const byHost = !ended.includes(':');
  return ({ host, domain }) => regex.test(byHost ? host : domain);
}

const originPattern = (entry: string): string => `^(?:${entry.startsWith('^') ? entry.slice(1) : entry})`;

function normalize(origin: string): Origin {
  const match = /^(?:([A-Za-z0-9][A-Za-z0-9+.-]*):)?(?:\/\/([^/]*))?/.exec(origin.replace(/[#?].*$/s, ''));
  const [, scheme, authority] = match ?? [];
  if (authority === undefined || authority === '') return { domain: origin, host: origin };
  const [, name = '', port] = /^(?:[^@]*@)?(.*?)(?::([^:\]]*))?$/s.exec(authority) ?? [];
  if (name === '') return { domain: origin, host: origin };
  const host = /^\[(.+)\]$/.exec(name)?.[1] ?? name;
  const implied = (scheme === 'http' && port === '80') || (scheme === 'https' && port === '443');
  return {
    host,
    domain: `${scheme === undefined ? '' : `${scheme}://`}${host}${port === undefined || port === '' || implied ? '' : `:${port}`}`,
  };
}
