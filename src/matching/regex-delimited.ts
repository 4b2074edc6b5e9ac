const atom = /\[\^?(?:\\.|[^\]\\])+\]|\\(?:u\{[\da-f]+\}|u[\da-f]{4}|x[\da-f]{2}|p\{[^}]*\}|.)|[^()[\]\\|*+?{}^$]/iy;
const quantifier = /(?:[*+?]|\{\d+(?:,\d*)?\})\??/y;

/**
 * Whether every pass of a repeated group begins, or ends, with a character that stands nowhere else in it, such as `(/[^/]+)*` or
 * `([a-z]+\.)+`: then a text can be divided in one way only, however often the inside repeats. Only flat groups are looked into.
 */
export function isDelimited(body: string): boolean {
  const atoms = atomsOf(body.replace(/^\?(?::|<\w+>)/, ''));
  if (atoms === undefined || atoms.length < 2) return false;
  const sets = atoms.map(({ text }) => setOf(text));
  const alone = (at: number): boolean =>
    !(atoms[at] as Atom).repeated && sets.every((set, other) => other === at || !set.some((has, code) => has && (sets[at] as boolean[])[code]));
  return alone(0) || alone(atoms.length - 1);
}

interface Atom {
  readonly text: string;
  readonly repeated: boolean;
}
function atomsOf(body: string): Atom[] | undefined {
  const found: Atom[] = [];
  for (let at = 0; at < body.length;) {
    atom.lastIndex = at;
    const text = atom.exec(body)?.[0];
    // An escape that is no character (a boundary, a reference to a group) says nothing of what is taken.
    if (text === undefined || /^\\[bB1-9kpP]/.test(text)) return undefined;
    quantifier.lastIndex = at + text.length;
    const times = quantifier.exec(body)?.[0] ?? '';
    found.push({ text, repeated: times !== '' });
    at += text.length + times.length;
  }
  return found;
}

/** What is only understood with the flag u. */
export const unicode: RegExp = /\\(?:[pP]|u\{)/;

/** Which characters of latin1 an atom takes; of what cannot be told, all. */
function setOf(text: string): boolean[] {
  try {
    const regex = new RegExp(`^${text}$`, unicode.test(text) ? 'su' : 's');
    return Array.from({ length: 256 }, (_, code) => regex.test(String.fromCharCode(code)));
  } catch {
    return Array<boolean>(256).fill(true);
  }
}
