import type { Asked } from './asked.ts';

/** Where a request that was asked differs from one on the tape. */
export interface Difference {
  readonly what: 'method' | 'path' | 'query' | 'body';
  /** The parameter, or the JSON Pointer of the member. */
  readonly name: string;
  /** Null where it is not there. */
  readonly taped: string | null;
  readonly asked: string | null;
}
export interface NearMiss {
  readonly request: string;
  readonly differences: readonly Difference[];
}

/** Another path or method is another question; a parameter or a member is a detail of the same. */
const weights = { path: 1_000, method: 100, query: 1, body: 1 } as const;

/** The requests on the tape that come nearest, the nearest first. */
export function nearest(asked: Asked, taped: readonly Asked[], count = 3): NearMiss[] {
  return taped
    .map((one) => ({ one, differences: differencesOf(asked, one) }))
    .map((found) => ({ ...found, distance: distanceOf(asked, found.one, found.differences) }))
    .sort((one, other) => one.distance - other.distance)
    .slice(0, count)
    .map(({ one, differences }) => ({ request: nameOf(one), differences }));
}

const nameOf = ({ method, path, query }: Asked): string =>
  `${method} ${path}${query.length === 0 ? '' : `?${query.map(([name, value]) => `${name}=${value}`).join('&')}`}`;

/** The same, with the upstream that it is for. */
export const nameAt = (upstream: string, asked: Asked): string => `${nameOf(asked)} (${upstream})`;

function differencesOf(asked: Asked, taped: Asked): Difference[] {
  const found: Difference[] = [];
  if (asked.method !== taped.method) found.push({ what: 'method', name: '', taped: taped.method, asked: asked.method });
  if (asked.path !== taped.path) found.push({ what: 'path', name: '', taped: taped.path, asked: asked.path });
  found.push(...between('query', grouped(taped.query), grouped(asked.query)), ...between('body', taped.body, asked.body));
  return found;
}

function grouped(query: Asked['query']): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of query) found.set(name, found.has(name) ? `${found.get(name)}, ${value}` : value);
  return found;
}

const between = (what: 'query' | 'body', taped: ReadonlyMap<string, string>, asked: ReadonlyMap<string, string>): Difference[] =>
  [...new Set([...taped.keys(), ...asked.keys()])]
    .filter((name) => taped.get(name) !== asked.get(name))
    .map((name) => ({ what, name, taped: taped.get(name) ?? null, asked: asked.get(name) ?? null }));

/** Of two other paths the one is nearer that shares more parts at the same places. */
function distanceOf(asked: Asked, taped: Asked, differences: readonly Difference[]): number {
  let distance = 0;
  for (const { what } of differences) distance += weights[what];
  if (asked.path === taped.path) return distance;
  const [mine, theirs] = [asked.path.split('/'), taped.path.split('/')];
  const shared = mine.filter((part, at) => part === theirs[at]).length;
  return distance - (shared / Math.max(mine.length, theirs.length)) * (weights.path - weights.method - 1);
}

const shown = (value: string | null): string => (value === null ? 'nothing' : value.length > 80 ? `${value.slice(0, 80)}...` : value);

/** For people: what came nearest, what differs, and the rule under which it would have been found. */
export function storyOfMiss(asked: Asked, misses: readonly NearMiss[]): string {
  const lines = misses.map(({ request, differences }) => {
    const said = differences.map(
      (one) => `    ${one.what}${one.name === '' ? '' : ` ${one.name}`}: the tape has ${shown(one.taped)}, asked was ${shown(one.asked)}`,
    );
    return [`  ${request}`, ...said].join('\n');
  });
  const details = misses[0]?.differences ?? [];
  const rule =
    details.length > 0 && details.every(({ what }) => what === 'query' || what === 'body')
      ? `\nto have the first one found: ignore: { ${(['query', 'body'] as const)
          .map((kind) => [kind, details.filter(({ what }) => what === kind).map(({ name }) => JSON.stringify(name))] as const)
          .filter(([, names]) => names.length > 0)
          .map(([kind, names]) => `${kind}: [${names.join(', ')}]`)
          .join(', ')} }`
      : '';
  return `the tape does not have ${nameOf(asked)}\n${lines.length === 0 ? '  it has nothing for this upstream' : `nearest on the tape:\n${lines.join('\n')}`}${rule}`;
}
