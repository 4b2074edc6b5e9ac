import type { Dialect } from '../dialect.ts';

/** A list of routes at the top that have a `match` and an `upstream` or `steps`: no other language has all of them. */
const hasRoutesOfOurs = (text: string): boolean =>
  /^"?routes"?:/m.test(text) && /^[ \t-]*"?match"?:/m.test(text) && /^[ \t-]*"?(?:upstream|steps)"?:/m.test(text);

/** devgateway's own language: does what the others do, and holds what only concerns this machine. */
export const native: Dialect = {
  name: 'native',
  recognises: (source) =>
    source.absolute === '' || /^devgateway(\.config)?\.(ya?ml|json|[cm]?[jt]s)$/.test(source.basename) || hasRoutesOfOurs(source.text),
  behaviour: async () => (await import('./behaviour.ts')).behaviour,
};
