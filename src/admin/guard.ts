import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Refusal } from './problem.ts';

/** Names of this machine: under any other, a page that had its own name point here would be let in. */
const loopback = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/i;

/**
 * Lets a request pass that a process of this machine's user sends, and no page in a browser.
 * @throws Refusal
 */
export function guard({ headers }: IncomingMessage, token: string): void {
  const { host = '', origin, authorization = '' } = headers;
  if (!loopback.test(host)) throw new Refusal(403, 'the Host is no name of this machine: expected localhost, 127.0.0.1 or [::1]');
  if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`)
    throw new Refusal(403, 'pages of other origins may not control the gateway');
  const given = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
  if (given === undefined || !same(given, token)) throw new Refusal(401, 'expected Authorization: Bearer with the token of this start');
}

/** In a time that tells nothing of where two texts differ, nor of their lengths. */
const same = (one: string, other: string): boolean => timingSafeEqual(digest(one), digest(other));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
