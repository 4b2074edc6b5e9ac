import { diagnosticAt, type UserErrorCode } from '../model/error.ts';
import type { Ledger } from '../model/ledger.ts';
import type { Origin } from '../model/origin.ts';
import { escapePointer, plain, type Position, type Tree } from './tree.ts';

type Settled = { readonly verdict: 'mirrored' } | { readonly verdict: 'approximated'; readonly note: string };

const mirrored: Settled = { verdict: 'mirrored' };

/** A place in a configuration, whether something stands there or not. One for all cursors at it. */
class Place {
  readonly tree: Tree | undefined;
  readonly #parent: Place | null;
  readonly #key: string;
  readonly #at: Position;
  #children: Map<string, Place> | null = null;
  #origin: Origin | null;
  #asked: Set<string> | null = null;

  private constructor(tree: Tree | undefined, parent: Place | null, key: string, at: Position, origin: Origin | null) {
    this.tree = tree;
    this.#parent = parent;
    this.#key = key;
    this.#at = at;
    this.#origin = origin;
  }

  static root(tree: Tree, origin: Origin): Place {
    return new Place(tree, null, '', origin, origin);
  }

  /** The keys that a reader asked for: what an unknown key is compared with. */
  get asked(): Set<string> {
    return (this.#asked ??= new Set());
  }

  /** Most places are only looked at: what they are called is worked out for those that are spoken of. */
  get origin(): Origin {
    if (this.tree?.from !== undefined) return this.tree.from;
    if (this.#origin === null) {
      const { file, pointer } = (this.#parent as Place).origin;
      this.#origin = { file, line: this.#at.line, column: this.#at.column, pointer: `${pointer}/${escapePointer(this.#key)}` };
    }
    return this.#origin;
  }

  /** Where nothing stands, there is nothing to share: most settings that are asked for are not there. */
  child(key: string, tree: Tree | undefined, at: Position = this.#at): Place {
    if (tree === undefined) return new Place(undefined, this, key, at, null);
    this.#children ??= new Map();
    let child = this.#children.get(key);
    if (child === undefined) this.#children.set(key, (child = new Place(tree, this, key, at, null)));
    return child;
  }
}

/**
 * A cursor over a parsed configuration. **Reading a value settles it** in the ledger: as mirrored, or as what `approximately`
 * said. What nobody reads stays unknown. A value of the wrong type is reported over the user's own text and read as undefined.
 */
export class Setting {
  readonly #place: Place;
  readonly #tree: Tree | undefined;
  readonly #how: Settled;
  readonly #defaults: Setting | null;
  readonly by: string;
  readonly ledger: Ledger;

  private constructor(place: Place, ledger: Ledger, by: string, how: Settled, defaults: Setting | null = null) {
    this.#place = place;
    this.#tree = place.tree;
    this.ledger = ledger;
    this.by = by;
    this.#how = how;
    this.#defaults = defaults;
  }

  /** Makes every leaf known to the ledger. `by` names the reader until `as` changes it; `pointer` the document, where a file has several. */
  static root(tree: Tree, file: string, ledger: Ledger, by: string, pointer = ''): Setting {
    const origin = { file, line: tree.line, column: tree.column, pointer };
    forEachLeaf(tree, origin, (leaf) => ledger.leaf(leaf));
    return new Setting(Place.root(tree, origin), ledger, by, mirrored);
  }

  /** A tree that was made from others, whose leaves the ledger knows already where they really stand. */
  static made(tree: Tree, ledger: Ledger, by: string): Setting {
    return new Setting(Place.root(tree, tree.from ?? { file: '', line: tree.line, column: tree.column, pointer: '' }), ledger, by, mirrored);
  }

  /** The same place, read on behalf of another part of the product: `DIALECT/service`. */
  as(by: string): Setting {
    return new Setting(this.#place, this.ledger, by, this.#how, this.#defaults?.as(by) ?? null);
  }

  /** The same place; what is read through it is settled as approximated. */
  approximately(note: string): Setting {
    return new Setting(this.#place, this.ledger, this.by, { verdict: 'approximated', note }, this.#defaults?.approximately(note) ?? null);
  }
  /** The same place, in which what `defaults` say holds for what is not said here, member by member. */
  otherwise(defaults: Setting | undefined): Setting {
    if (defaults?.exists !== true) return this;
    return new Setting(this.#place, this.ledger, this.by, this.#how, (this.#defaults?.otherwise(defaults) ?? defaults).as(this.by));
  }

  get origin(): Origin {
    return this.#place.origin;
  }
  get exists(): boolean {
    return this.#tree !== undefined && !(this.#tree.kind === 'scalar' && this.#tree.value === null);
  }
  get kind(): 'scalar' | 'list' | 'map' | 'absent' {
    return this.#tree === undefined ? 'absent' : this.#tree.kind;
  }
  /** The parsed tree, for readers of embedded languages. Does not settle anything. */
  get tree(): Tree | undefined {
    return this.#tree;
  }

  /** The member of a map; absent where there is none. */
  get(key: string): Setting {
    this.#place.asked.add(key);
    const member = this.#tree?.kind === 'map' ? this.#tree.entries.get(key) : undefined;
    const own = this.#at(this.#place.child(key, member?.value, member));
    if (this.#defaults === null) return own;
    const usual = this.#defaults.get(key);
    return own.exists || !usual.exists ? own.otherwise(usual) : usual;
  }
  /** Names keys that may stand here, beside those that are asked for. */
  expects(keys: Iterable<string>): void {
    for (const key of keys) this.#place.asked.add(key);
  }

  /** The keys of a map, in the order of the file. */
  keys(): string[] {
    const own = this.#tree?.kind === 'map' ? [...this.#tree.entries.keys()] : [];
    return this.#defaults === null ? own : [...new Set([...own, ...this.#defaults.keys()])];
  }
  /** The members of a map whose keys are the user's own names. An empty map is settled. */
  entries(): [string, Setting][] {
    if (this.#tree?.kind === 'map' && this.#tree.entries.size === 0) this.#settle();
    return this.keys().map((key) => [key, this.get(key)]);
  }
  /** The items of a list; a single value where a list is expected counts as a list of one. An empty list is settled. */
  items(): Setting[] {
    if (this.#tree === undefined || !this.exists) return [];
    if (this.#tree.kind !== 'list') return [this];
    if (this.#tree.items.length === 0) this.#settle();
    return this.#tree.items.map((item, index) => this.#at(this.#place.child(String(index), item, item)));
  }

  string(): string | undefined {
    const value = this.#scalar();
    if (value === undefined) return undefined;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return this.#wrong('a text');
  }
  number(bounds: { min?: number; max?: number; integer?: boolean } = {}): number | undefined {
    const value = this.#scalar();
    if (value === undefined) return undefined;
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
    if (typeof number !== 'number' || Number.isNaN(number)) return this.#wrong('a number');
    const { min = -Infinity, max = Infinity, integer = false } = bounds;
    if (number < min || number > max || (integer && !Number.isInteger(number))) {
      return this.problem(
        'DG1203',
        `${this.name} is ${number}`,
        `expected ${integer ? 'a whole number' : 'a number'}${min > -Infinity ? ` from ${min}` : ''}${max < Infinity ? ` to ${max}` : ''}`,
      );
    }
    return number;
  }
  boolean(): boolean | undefined {
    const value = this.#scalar();
    if (value === undefined) return undefined;
    if (typeof value === 'boolean') return value;
    return this.#wrong('true or false');
  }
  oneOf<const T extends string>(...allowed: readonly T[]): T | undefined {
    const value = this.string();
    if (value === undefined) return undefined;
    const found = allowed.find((one) => one === value);
    return found ?? this.problem('DG1203', `${this.name} is ${JSON.stringify(value)}`, `expected ${listed(allowed)}${didYouMean(value, allowed)}`);
  }
  /** The texts of a list (or a single one). */
  strings(): string[] {
    return this.items().flatMap((item) => item.string() ?? []);
  }
  /** Any data at and below this place, settled as a whole. */
  value(): unknown {
    if (this.#tree === undefined) return undefined;
    this.#settleAll(this.#tree, this.origin, this.#how);
    return plain(this.#tree);
  }
  /** Settles everything at and below this place as read, where the reader went through `tree`. */
  settle(): void {
    if (this.#tree !== undefined) this.#settleAll(this.#tree, this.origin, this.#how);
  }
  /** Everything at and below this place does nothing here, and why. */
  ignored(why: string): void {
    if (this.#tree !== undefined) this.#settleAll(this.#tree, this.origin, { verdict: 'ignored', note: why });
  }
  /** What is at and below this place is nothing to this reader: ignored, unless another dialect that reads the file settles it. */
  leftToOthers(why: string): void {
    if (this.#tree === undefined) return;
    forEachLeaf(this.#tree, this.origin, (leaf, via = []) => {
      for (const one of [leaf, ...via]) this.ledger.leave(one, this.by, why);
    });
  }
  /** Reports an error over this place. */
  problem(code: UserErrorCode, message: string, hint = ''): undefined {
    this.ledger.report(diagnosticAt(code, this.origin, message, hint));
    return undefined;
  }
  warning(code: UserErrorCode, message: string, hint = ''): void {
    this.ledger.report(diagnosticAt(code, this.origin, message, hint, 'warning'));
  }
  /** Reports each member of this map that no reader asked for, as an error with the nearest known key. */
  rejectUnknownKeys(): void {
    if (this.#tree?.kind !== 'map') return;
    const { asked } = this.#place;
    for (const [key, member] of this.#tree.entries) {
      if (asked.has(key)) continue;
      this.ledger.report(
        diagnosticAt(
          'DG1201',
          this.#place.child(key, member.value, member).origin,
          `unknown setting ${JSON.stringify(key)}${this.origin.pointer === '' ? '' : ` in ${this.name}`}`,
          `expected ${listed([...asked])}${didYouMean(key, [...asked])}`,
        ),
      );
    }
  }

  /** How people call this place: `routes[0].match.path`. */
  get name(): string {
    const parts = this.origin.pointer
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    return (
      parts.reduce((text, part) => (/^\d+$/.test(part) ? `${text}[${part}]` : text === '' ? part : `${text}.${part}`), '') || 'the configuration'
    );
  }

  #at(place: Place): Setting {
    return new Setting(place, this.ledger, this.by, this.#how);
  }
  #scalar(): string | number | boolean | undefined {
    if (this.#tree === undefined) return undefined;
    if (this.#tree.kind !== 'scalar') return this.#wrong('a single value');
    this.#settle();
    return this.#tree.value ?? undefined;
  }
  #wrong(expected: string): undefined {
    const found = this.#tree?.kind === 'scalar' ? JSON.stringify(this.#tree.value) : `a ${this.#tree?.kind ?? 'missing value'}`;
    return this.problem('DG1202', `${this.name} is ${found}`, `expected ${expected}`);
  }
  #settle(): void {
    const note = 'note' in this.#how ? this.#how.note : '';
    for (const one of this.#tree?.via ?? []) this.ledger.settle(one, this.#how.verdict, this.by, note);
    if (this.#tree?.made !== true) this.ledger.settle(this.origin, this.#how.verdict, this.by, note);
  }
  #settleAll(tree: Tree, origin: Origin, how: Settled | { readonly verdict: 'ignored'; readonly note: string }): void {
    const note = 'note' in how ? how.note : '';
    forEachLeaf(tree, origin, (leaf, via) => {
      // What a variable brought may be read elsewhere, too: that it does nothing here is only said where nobody does.
      const leaves = how.verdict === 'ignored' && via !== undefined;
      for (const one of [leaf, ...(via ?? [])])
        if (leaves) this.ledger.leave(one, this.by, note);
        else this.ledger.settle(one, how.verdict, this.by, note);
    });
  }
}

/** Scalars, and empty maps and lists. */
function forEachLeaf(tree: Tree, place: Origin, act: (origin: Origin, via?: readonly Origin[]) => void): void {
  const origin = tree.from ?? place;
  if (tree.kind === 'map' && tree.entries.size > 0) {
    for (const [key, member] of tree.entries)
      forEachLeaf(
        member.value,
        { file: origin.file, line: member.line, column: member.column, pointer: `${origin.pointer}/${escapePointer(key)}` },
        act,
      );
  } else if (tree.kind === 'list' && tree.items.length > 0) {
    for (const [index, item] of tree.items.entries())
      forEachLeaf(item, { file: origin.file, line: item.line, column: item.column, pointer: `${origin.pointer}/${index}` }, act);
  } else if (tree.made !== true) act(origin, tree.via);
}

const listed = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? 'nothing') : `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;

/** ` (did you mean "x"?)` where a known name is near. */
export function didYouMean(given: string, known: readonly string[]): string {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(given.length / 3)) + 1;
  for (const one of known) {
    const far = distance(given.toLowerCase(), one.toLowerCase());
    if (far < least) [best, least] = [one, far];
  }
  return best === undefined ? '' : ` (did you mean ${JSON.stringify(best)}?)`;
}

/** Levenshtein's, for short names. */
function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 8 || a.length > 64 || b.length > 64) return 99;
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next.push(Math.min((row[j] as number) + 1, (next[j - 1] as number) + 1, (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length] as number;
}
