import { fault, type Fault } from '../model/fault.ts';
import type { Limits } from '../model/gateway.ts';

/** What a listener needs to know of a request's fields, found in one pass over them. */
export interface HeadFacts {
  hosts: number;
  host: string;
  /** Undefined where no Content-Length was given. */
  length: number | undefined;
  chunked: boolean;
  upgrade: string;
  fieldBytes: number;
}

/** `raw` is flat: name, value. Framing was already judged by the parser. */
export function factsOf(raw: readonly string[]): HeadFacts {
  const facts: HeadFacts = { hosts: 0, host: '', length: undefined, chunked: false, upgrade: '', fieldBytes: 0 };
  for (let at = 0; at < raw.length; at += 2) {
    const name = raw[at] as string;
    const value = raw[at + 1] as string;
    facts.fieldBytes += name.length + value.length + 4;
    const { length } = name;
    if (length === 4 && name.toLowerCase() === 'host') {
      facts.hosts += 1;
      facts.host = value;
    } else if (length === 7 && name.toLowerCase() === 'upgrade') facts.upgrade = value;
    else if (length === 14 && name.toLowerCase() === 'content-length') facts.length = Number(value);
    else if (length === 17 && name.toLowerCase() === 'transfer-encoding') facts.chunked = true;
  }
  return facts;
}

/** A registered name, an IPv4 address or a bracketed IPv6 address, with or without a port: no user, no path, no list (RFC 9110 section 7.2). */
const hostValue = /^(?:\[[0-9A-Fa-f:.%A-Za-z0-9_~-]+\]|[^\0-\x20\x7f-\xff:/?#@,[\]\\"<>^`{|}]+)(?::\d*)?$/;
const absolute = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/?#]*)/;

/** Whether this is one host as a Host field or an authority may name it. */
export const isHost = (text: string): boolean => hostValue.test(text);

/**
 * What every server must refuse before it knows who is asked (RFC 9112 section 3): a target that is none, no Host or several,
 * a host that differs from the one in the target, and what is over the limits.
 */
export function faultOfHead(method: string, target: string, version: string, facts: HeadFacts, limits: Limits): Fault | null {
  if (target.length > limits.maxTargetBytes) return fault('target-too-long', { limit: limits.maxTargetBytes });
  if (facts.fieldBytes > limits.maxHeaderBytes) return fault('header-too-large', { limit: limits.maxHeaderBytes });
  if (facts.hosts > 1) return bad('several Host fields');
  if (facts.hosts === 0 ? version !== '1.0' : !hostValue.test(facts.host)) return bad('no valid Host');
  if (target.charCodeAt(0) !== 47) {
    const authority = absolute.exec(target)?.[1];
    if (authority === undefined ? target !== '*' || method !== 'OPTIONS' : authority.toLowerCase() !== facts.host.toLowerCase())
      return bad('the target is neither a path nor agrees with Host');
  }
  if (limits.maxBodyBytes > 0 && facts.length !== undefined && facts.length > limits.maxBodyBytes)
    return fault('body-too-large', { limit: limits.maxBodyBytes });
  return null;
}

const bad = (reason: string): Fault => fault('bad-request', { reason });
