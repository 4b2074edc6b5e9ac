import type { Fault, Wording } from '../model/fault.ts';

/** A final answer: nothing replaces it. */
export interface Reply extends Wording {
  readonly type: 'reply';
}
/** The gateway refuses or fails: worded by the site's fault book, and open to replacement by response-head steps. */
export interface Failure {
  readonly type: 'fault';
  readonly fault: Fault;
}
/** Start again with another path (matched anew) or with a named route. Counted. */
export interface Jump {
  readonly type: 'jump';
  readonly to: { readonly path: string; readonly query?: string } | { readonly route: string };
}

/** `undefined`: go on. */
export type Outcome = Reply | Failure | Jump | undefined;

export const reply = (status: number, headers: readonly string[], body: string | Buffer, statusText?: string): Reply => ({
  type: 'reply',
  status,
  headers,
  body,
  ...(statusText === undefined ? {} : { statusText }),
});
export const refuse = (fault: Fault): Failure => ({ type: 'fault', fault });
export const jumpToPath = (path: string, query?: string): Jump => ({ type: 'jump', to: query === undefined ? { path } : { path, query } });
export const jumpToRoute = (route: string): Jump => ({ type: 'jump', to: { route } });
