import {
  boolCoreTag,
  EVENT_ID,
  floatCoreTag,
  getScalarValue,
  intCoreTag,
  NOT_RESOLVED,
  nullCoreTag,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
  type Event,
} from 'js-yaml';
import { diagnosticAt, DevgatewayError, type Diagnostic } from '../model/error.ts';
import type { Origin } from '../model/origin.ts';
import { separated, separator, withoutBreaks, type Mended } from './lenient-yaml.ts';
import type { Member, Position, Scalar, Tree } from './tree.ts';

const maxDepth = 200;
/** Counted as if every alias were written out: a file of aliases of aliases ends here. */
const maxNodes = 2_000_000;
/** A text that is mended in more places is broken. */
const mostMends = 32;

type ScalarEvent = Extract<Event, { type: 4 }>;

/**
 * Reads YAML 1.2 or JSON, which is a part of it. Each document of a stream is one tree; an empty file is an empty map. `repeated`: a key may
 * stand in a map twice; then the last one counts, and a warning is put there.
 * @throws DevgatewayError DG1101 where the text is broken.
 */
export function parseYaml(text: string, file: string, repeated?: Diagnostic[]): Tree[] {
  const source = text.startsWith('\ufeff') ? text.slice(1) : text;
  return parseMended({ text: source, lines: source, added: new Set() }, file, repeated, mostMends);
}

/** `mends`: how often the text may be mended still. */
function parseMended(source: Mended, file: string, repeated: Diagnostic[] | undefined, mends: number): Tree[] {
  const reader = new Reader(source, file, repeated);
  let events: Event[];
  try {
    events = parseEvents(source.text, { maxDepth });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const mended = mends === 0 ? undefined : mend(source, error);
    if (mended !== undefined) return parseMended(mended, file, repeated, mends - 1);
    const hint = error.reason.startsWith('bad indentation')
      ? 'check the indentation, and quote a text that holds or ends in a colon'
      : 'expected YAML or JSON';
    return reader.problem(error.mark?.position ?? 0, `cannot be parsed: ${error.reason}`, hint);
  }
  const trees = reader.documents(events);
  return trees.length === 0 ? [{ kind: 'map', entries: new Map(), line: 1, column: 1 }] : trees;
}

function mend(source: Mended, { reason, mark }: YAMLException): Mended | undefined {
  if (reason === 'deficient indentation') return withoutBreaks(source, mark?.position ?? 0);
  return reason.startsWith('end of the stream') && source.added.size === 0 ? separated(source) : undefined;
}

class Reader {
  readonly #source: string;
  readonly #file: string;
  readonly #repeated: Diagnostic[] | undefined;
  readonly #lineStarts: number[] = [0];
  readonly #anchors = new Map<string, { readonly tree: Tree; readonly size: number }>();
  #events: readonly Event[] = [];
  #next = 0;
  #nodes = 0;

  constructor({ text, lines, added }: Mended, file: string, repeated: Diagnostic[] | undefined) {
    this.#source = text;
    this.#file = file;
    this.#repeated = repeated;
    for (let at = lines.indexOf('\n'); at >= 0; at = lines.indexOf('\n', at + 1))
      this.#lineStarts.push(added.has(at + 1) ? at + 1 + separator.length : at + 1);
  }

  documents(events: readonly Event[]): Tree[] {
    this.#events = events;
    const trees: Tree[] = [];
    while (this.#next < events.length) {
      this.#next += 1;
      this.#anchors.clear();
      const first = events[this.#next] as Event;
      const empty = first.type === EVENT_ID.SCALAR && first.valueStart < 0;
      const tree = this.#node({ line: 1, column: 1 });
      if (!empty) trees.push(tree);
      this.#next += 1;
    }
    return trees;
  }

  problem(offset: number, message: string, hint: string): never {
    throw new DevgatewayError(diagnosticAt('DG1101', this.#origin(offset), message, hint));
  }

  #repeat(offset: number, message: string): void {
    if (this.#repeated === undefined) this.problem(offset, message, 'expected each key once');
    this.#repeated.push(diagnosticAt('DG1101', this.#origin(offset), message, 'the last one counts', 'warning'));
  }

  #origin(offset: number): Origin {
    return { file: this.#file, ...this.#at(offset), pointer: '' };
  }

  #at(offset: number): Position {
    let [low, high] = [0, this.#lineStarts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#lineStarts[middle] as number) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#lineStarts[low] as number) + 1 };
  }

  /** `before`: where the node would stand if it is empty. */
  #node(before: Position): Tree {
    const event = this.#events[this.#next] as Exclude<Event, { type: 1 | 6 }>;
    this.#next += 1;
    this.#nodes += 1;
    if (event.type === EVENT_ID.ALIAS) return this.#alias(event);
    const nodes = this.#nodes;
    let tree = event.type === EVENT_ID.SCALAR ? this.#scalar(event, before) : this.#collection(event);
    if (event.tagStart >= 0) {
      const tag = /^!([^!<].*)$/.exec(this.#source.slice(event.tagStart, event.tagEnd))?.[1];
      if (tag !== undefined) tree = { ...tree, tag };
    }
    if (event.anchorStart >= 0) this.#anchors.set(this.#source.slice(event.anchorStart, event.anchorEnd), { tree, size: this.#nodes - nodes + 1 });
    return tree;
  }

  #alias({ anchorStart, anchorEnd }: Extract<Event, { type: 5 }>): Tree {
    const name = this.#source.slice(anchorStart, anchorEnd);
    const anchor = this.#anchors.get(name);
    if (anchor === undefined) return this.problem(anchorStart - 1, `the alias *${name} has no anchor &${name} before it`, 'expected an anchor');
    this.#nodes += anchor.size;
    if (this.#nodes > maxNodes) return this.problem(anchorStart, 'is too large once its aliases are written out', `expected ${maxNodes} values`);
    return { ...anchor.tree, ...this.#at(anchorStart - 1) };
  }

  #collection(event: Extract<Event, { type: 2 | 3 }>): Tree {
    const place = this.#at(event.start);
    if (event.type === EVENT_ID.SEQUENCE) {
      const items: Tree[] = [];
      while (this.#goesOn()) items.push(this.#node(place));
      return { kind: 'list', items, ...place };
    }
    const entries = new Map<string, Member>();
    const merged: Tree[] = [];
    while (this.#goesOn()) {
      const key = this.#events[this.#next] as Event;
      const at = startOf(key) ?? event.start;
      const where = this.#at(at);
      const name = this.#key(key, where);
      const value = this.#node(where);
      if (name === '<<' && key.type === EVENT_ID.SCALAR && key.style === SCALAR_STYLE.PLAIN)
        merged.push(...(value.kind === 'list' ? value.items : [value]));
      else {
        if (entries.has(name)) this.#repeat(at, `the key ${JSON.stringify(name)} stands there twice`);
        entries.set(name, { value, ...where });
      }
    }
    for (const tree of merged) mergeInto(entries, tree);
    return { kind: 'map', entries, ...place };
  }

  /** A key as it is written: `1.10` stays that. */
  #key(event: Event, where: Position): string {
    if (event.type !== EVENT_ID.SCALAR) {
      const tree = this.#node(where);
      return tree.kind === 'scalar' ? String(tree.value) : this.problem(startOf(event) ?? 0, 'is no key', 'expected a text');
    }
    this.#node(where);
    return event.valueStart < 0 ? '' : getScalarValue(this.#source, event);
  }

  /** Whether the collection that is being read has another node; its end is passed. */
  #goesOn(): boolean {
    if (this.#events[this.#next]?.type !== EVENT_ID.POP) return true;
    this.#next += 1;
    return false;
  }

  #scalar(event: ScalarEvent, before: Position): Tree {
    if (event.valueStart < 0) return { kind: 'scalar', value: event.tagStart < 0 ? null : '', ...before };
    const text = getScalarValue(this.#source, event);
    const tag = event.tagStart < 0 ? '' : this.#source.slice(event.tagStart, event.tagEnd);
    const value = event.style === SCALAR_STYLE.PLAIN && (tag === '' || /^!!(?:int|float|bool|null)$/.test(tag)) ? plainValue(text) : text;
    return { kind: 'scalar', value, ...this.#at(startOf(event) as number) };
  }
}

/** Where a node begins in the text, its quote included; undefined for one that is not there. */
function startOf(event: Event): number | undefined {
  switch (event.type) {
    case EVENT_ID.SCALAR: {
      if (event.valueStart < 0) return undefined;
      const quoted = event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
      return quoted ? event.valueStart - 1 : event.valueStart;
    }
    case EVENT_ID.ALIAS:
      return event.anchorStart - 1;
    case EVENT_ID.SEQUENCE:
    case EVENT_ID.MAPPING:
      return event.start;
    default:
      return undefined;
  }
}

/** What a plain scalar means in the core schema (YAML 1.2.2, section 10.3). */
function plainValue(text: string): Scalar {
  // A word that cannot be anything else is by far the most frequent.
  if (!/^[-+.\d~nNtTfF]|^$/.test(text)) return text;
  for (const tag of [nullCoreTag, boolCoreTag, intCoreTag, floatCoreTag]) {
    const value: unknown = tag.resolve(text, false, tag.tagName);
    if (value !== NOT_RESOLVED) return value as Scalar;
  }
  return text;
}

/** YAML's merge key: what stands in the map itself wins, then what was merged first. */
function mergeInto(entries: Map<string, Member>, from: Tree): void {
  if (from.kind !== 'map') return;
  for (const [key, member] of from.entries) if (!entries.has(key)) entries.set(key, member);
}
