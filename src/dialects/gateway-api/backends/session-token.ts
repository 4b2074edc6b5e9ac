import { createHash } from 'node:crypto';

/**
 * What a client shows to stay with the backend that it had. All of a session is in it: nothing is kept here. A forged one leads to backends
 * of its own rule alone, where the client may come anyway, so it is not signed.
 */
export interface SessionToken {
  /** What was chosen: the reference, then the endpoint where there are several. */
  readonly picks: readonly string[];
  readonly createdAt: number;
  readonly usedAt: number;
}
/** In ms; undefined: no end. */
export interface SessionTimes {
  readonly absoluteMs: number | undefined;
  readonly idleMs: number | undefined;
}

/** The name of a choice in tokens. `rule`: sessions are not shared among rules, whatever backends they have in common (GEP-1619). */
export const pickOf = (rule: string, choice: string): string => shortHash(`${rule}\n${choice}`);
/** Sixteen characters that stand in a cookie as they are. */
export const shortHash = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 16);

export const writeToken = ({ picks, createdAt, usedAt }: SessionToken): string => [createdAt.toString(36), usedAt.toString(36), ...picks].join('.');

export function parseToken(text: string): SessionToken | undefined {
  if (!/^[\da-z]{1,10}\.[\da-z]{1,10}(?:\.[\w-]{16}){1,4}$/.test(text)) return undefined;
  const [created = '', used = '', ...picks] = text.split('.');
  return { picks, createdAt: Number.parseInt(created, 36), usedAt: Number.parseInt(used, 36) };
}

/** A token of the future is nobody's. */
export const isLive = ({ createdAt, usedAt }: SessionToken, now: number, { absoluteMs, idleMs }: SessionTimes): boolean =>
  createdAt <= usedAt &&
  usedAt <= now &&
  (absoluteMs === undefined || now - createdAt < absoluteMs) &&
  (idleMs === undefined || now - usedAt <= idleMs);
