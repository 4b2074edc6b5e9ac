import type { Arrived } from '../engine/exchange.ts';

/** Guards what becomes part of keys, host names and file names. */
export const scopeNamePattern: RegExp = /^[A-Za-z0-9_-]{1,64}$/;

/** A base URL with the scope in its host. */
export function urlWithin(base: string, name: string): string {
  const url = new URL(base);
  url.hostname = `${name.toLowerCase()}.scope.localhost`;
  return url.origin;
}

const host = /^([^.]+)\.scope\.((?:.+\.)?localhost(?::\d+)?)$/i;
/** Of a target in absolute form, which agrees with Host. */
const authority = /^([a-z][a-z0-9+.-]*:\/\/)[^./?#]+\.scope\.(?=(?:[^/?#]+\.)?localhost(?:[:/?#]|$))/i;
const member = /^\s*devgateway\.scope\s*=([^;]*)/;

/**
 * Takes the name of a scope out of what arrived: the field `devgateway-scope`, the member `devgateway.scope` of Baggage, the host
 * `NAME.scope.localhost`. The chain and the upstream see nothing of it. Answers every name that was given, as it stood; hardly ever any.
 */
export function takeScopeNames(arrived: Arrived): readonly string[] {
  const { headers } = arrived;
  const { raw } = headers;
  let found: string[] | null = null;
  for (let at = 0; at < raw.length; at += 2) {
    const { length } = raw[at] as string;
    if (length !== 4 && length !== 7 && length !== 16) continue;
    const lower = (raw[at] as string).toLowerCase();
    const value = raw[at + 1] as string;
    if (lower === 'devgateway-scope') (found ??= []).push(value.trim());
    else if (lower === 'host' && value.includes('.scope.')) {
      const [, name, rest] = host.exec(value) ?? [];
      if (name === undefined || rest === undefined) continue;
      (found ??= []).push(name);
      raw[at + 1] = rest;
    } else if (lower === 'baggage' && value.includes('devgateway.scope')) {
      const members = value.split(',');
      const others = members.filter((one) => !member.test(one));
      for (const one of members) {
        const named = member.exec(one)?.[1];
        if (named !== undefined) (found ??= []).push(decoded(named.trim()));
      }
      if (others.length < members.length) raw[at + 1] = others.join(',').trim();
    }
  }
  if (found === null) return none;
  // The one place where what arrived is changed: before anybody has seen it.
  (arrived as { target: string }).target = arrived.target.replace(authority, '$1');
  headers.filter((name, value) => name !== 'devgateway-scope' && !(name === 'baggage' && value === ''));
  return found;
}
const none: readonly string[] = [];

/** W3C Baggage percent-encodes values. What is broken stays so, and is no name. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
