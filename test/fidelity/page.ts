import type { Entry, Verdict } from '../../src/model/ledger.ts';

/** The settings that one reader reads, each told once, whatever the number of places where it stands. */
interface Reader {
  readonly by: string;
  readonly settings: ReadonlyMap<string, { readonly verdict: Verdict; readonly note: string }>;
}

/**
 * `/services/0/routes/1/sources/0/ip` of the reader `kong/route` is `sources[].ip`: what stands behind the collection of its name, or,
 * for a plugin, behind its `config`.
 */
export function settingName(pointer: string, by: string): string {
  const parts = pointer.split('/').slice(1);
  const collection = `${by.slice(by.lastIndexOf('/') + 1)}s`;
  const base = parts.lastIndexOf(by.includes('/plugins/') ? 'config' : collection);
  const rest = parts.slice(base + 1);
  if (/^\d+$/.test(rest[0] ?? '')) rest.shift();
  return rest.map((part, at) => (/^\d+$/.test(part) ? '[]' : at === 0 ? part : `.${part}`)).join('');
}

export function readersOf(entries: Iterable<Entry>, nameOf: (pointer: string, by: string) => string = settingName): Reader[] {
  const readers = new Map<string, Map<string, { verdict: Verdict; note: string }>>();
  for (const { by, origin, verdict, note } of entries) {
    const settings = readers.get(by) ?? new Map<string, { verdict: Verdict; note: string }>();
    readers.set(by, settings);
    settings.set(nameOf(origin.pointer, by), { verdict, note });
  }
  return [...readers].map(([by, settings]) => ({ by, settings })).sort((a, b) => (a.by < b.by ? -1 : 1));
}

const said: Readonly<Record<Verdict, string>> = { mirrored: 'Mirrored', approximated: 'Approximated', ignored: 'Ignored', unknown: 'Unknown' };
const quoted = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(', ');

/** One chapter for each reader: what is mirrored in a line, what is not with its reason. */
export function renderPage(
  title: string,
  introduction: string,
  readers: readonly Reader[],
  proofs: Readonly<Record<string, readonly string[]>>,
): string {
  const chapters = readers.map(({ by, settings }) => {
    const groups = new Map<string, string[]>();
    for (const [name, { verdict, note }] of settings) {
      const key = `${said[verdict]}${note === '' ? '' : ` (${note})`}`;
      groups.set(key, [...(groups.get(key) ?? []), name]);
    }
    const lines = [...groups].sort(([a], [b]) => order(a) - order(b)).map(([what, names]) => `- ${what}: ${quoted(names)}`);
    const proof = proofs[by] ?? [];
    return [`## ${by}`, '', ...lines, ...(proof.length === 0 ? [] : ['', `Proven by ${quoted(proof)}.`])].join('\n');
  });
  return [`# ${title}`, introduction, ...chapters].join('\n\n').concat('\n');
}
const order = (line: string): number => Object.values(said).findIndex((word) => line.startsWith(word));
