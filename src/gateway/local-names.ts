import type { Exchange, ResponseState } from '../engine/exchange.ts';
import type { Responder } from '../engine/run.ts';
import type { Fields } from '../http/fields.ts';

const local = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/i;
const standIn = /^(.+)\.localhost(?::\d+)?$/i;

/**
 * Lets names of this machine stand for production's: `HOST.localhost` for HOST, and `localhost` for `asHost` (empty: for nothing).
 * Answers who writes the response, which then points back to the name that was asked.
 */
export function standInFor(asHost: string): (exchange: Exchange, responder: Responder) => Responder {
  return (exchange, responder) => {
    const { headers } = exchange.arrived;
    const asked = headers.get('host');
    if (asked === undefined) return responder;
    const production = standIn.exec(asked)?.[1] ?? (asHost !== '' && local.test(asked) ? asHost : undefined);
    if (production === undefined) return responder;
    // The one place where what arrived is changed: before anybody has seen it.
    headers.set('Host', production);
    const here = `${exchange.connection.secure ? 'https' : 'http'}://${asked}`;
    return { send: (one, response) => responder.send(one, turned(response, production, here)) };
  };
}

/** Location and cookie domains that name the production host name the one that was asked. */
function turned(response: ResponseState, production: string, here: string): ResponseState {
  const host = production.replace(/:\d+$/, '').toLowerCase();
  turnLocation(response.headers, host, here);
  const { raw } = response.headers;
  for (let at = 0; at < raw.length; at += 2)
    if ((raw[at] as string).toLowerCase() === 'set-cookie') raw[at + 1] = withoutDomain(raw[at + 1] as string, host);
  return response;
}

function turnLocation(headers: Fields, host: string, here: string): void {
  const location = headers.get('location');
  const match = /^(?:https?:)?\/\/([^/?#:]+)(?::\d+)?(?=[/?#]|$)/i.exec(location ?? '');
  if (location === undefined || match === null || (match[1] as string).toLowerCase() !== host) return;
  headers.set('Location', `${here}${location.slice(match[0].length)}`);
}

/** Without a domain a cookie belongs to the host that set it, which is the name that was asked. */
function withoutDomain(cookie: string, host: string): string {
  return cookie
    .split(';')
    .filter((part) => {
      const domain = /^\s*domain\s*=\s*\.?(.*?)\s*$/i.exec(part)?.[1]?.toLowerCase();
      return domain === undefined || !(host === domain || host.endsWith(`.${domain}`));
    })
    .join(';');
}
