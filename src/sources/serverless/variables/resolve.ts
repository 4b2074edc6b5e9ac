import { diagnosticAt } from '../../../model/error.ts';
import type { Origin } from '../../../model/origin.ts';
import type { Ledger } from '../../../model/ledger.ts';
import type { Files } from '../../files.ts';
import type { Member, Scalar, Tree } from '../../tree.ts';
import { VariableFiles } from './file.ts';
import { parseVariables, type Choice, type Parts, type Variable } from './parse.ts';
import { lookUp, standInFor, type Named } from './sources.ts';

/** What variables are resolved with. */
export interface VariableContext {
  /** Of the configuration: files stand relative to it. */
  readonly folder: string;
  readonly files: Files;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The stage that the user asks for, as with `serverless --stage`. */
  readonly stage: string | undefined;
  /** The user's answers: by the name of an option or parameter, or by a whole variable (`ssm:/path`). */
  readonly given: Readonly<Record<string, string>>;
  readonly ledger: Ledger;
  /** Who reads. */
  readonly by: string;
}

/** A tree whose own variables are not resolved yet, and the places that led to it. */
export interface Found {
  readonly tree: Tree;
  readonly via: readonly Origin[];
}

/** Lists, maps and variables within each other. */
const maxDepth = 500;
/** Counted as if everything were written out: variables of variables end here. */
const maxSize = 200_000;
const maxText = 1024 * 1024;

/**
 * The tree of a configuration with its variables resolved, as Serverless Framework 3 and 4 do. A variable that is the whole of a value
 * keeps the type, and where it is a list or map the places, of what it stands for. What cannot be known here is a text that names it.
 */
export function resolveVariables(tree: Tree, context: VariableContext): Tree {
  return new Resolver(tree, context).whole(tree);
}

/** The variables of one configuration, each worked out when it is first asked for. */
export class Resolver {
  readonly root: Tree;
  readonly context: VariableContext;
  readonly files: VariableFiles = new VariableFiles(this);
  readonly #heads = new Map<Tree, Found>();
  readonly #wholes = new Map<Tree, Tree>();
  /** What is being worked out: who comes here again refers to itself. */
  readonly #open = new Set<Tree>();
  readonly #told = new Set<string>();
  /** Texts that stand for what is not known. */
  readonly #standIns = new Set<string>();
  /** In parts that have no bearing by themselves, what is not known is not told. */
  quiet = false;
  #size = 0;

  constructor(root: Tree, context: VariableContext) {
    this.root = root;
    this.context = context;
  }

  /** A tree in which nothing is left to be resolved. */
  whole(tree: Tree): Tree {
    const known = this.#wholes.get(tree);
    if (known !== undefined) return known;
    const { tree: head, via } = this.head(tree);
    let result = head;
    if (via.length > 0) result = this.#brought(this.whole(head), via, tree);
    else if (head.kind !== 'scalar') result = this.#guarded(head, tree, () => this.#collection(head), nothingAt(tree));
    this.#wholes.set(tree, result);
    return result;
  }

  /** What a tree stands for, the trees in it as they are written. */
  head(tree: Tree): Found {
    if (tree.kind !== 'scalar' || typeof tree.value !== 'string' || !tree.value.includes('${')) return { tree, via: [] };
    const known = this.#heads.get(tree);
    if (known !== undefined) return known;
    const parts = parseVariables(tree.value);
    const plain = { tree, via: [] };
    const nothing = { tree: nothingAt(tree), via: [] };
    let found = parts === undefined ? plain : this.#guarded(tree, tree, () => this.#value(parts, tree), nothing);
    if (!this.#affords(found.via.length, tree)) found = nothing;
    this.#heads.set(tree, found);
    return found;
  }

  /** What stands at keys below a tree; undefined where nothing does. */
  at(start: Tree, keys: readonly string[]): Found | undefined {
    let found = this.head(start);
    for (const key of keys) {
      const below = memberOf(found.tree, key);
      if (below === undefined) return undefined;
      const head = this.head(below);
      found = { tree: head.tree, via: [...found.via, ...head.via] };
    }
    return found.tree.kind === 'scalar' && found.tree.value === null ? undefined : found;
  }

  isStandIn(tree: Tree): boolean {
    return tree.kind === 'scalar' && this.#standIns.has(String(tree.value));
  }

  /** Told once for each cause, at the first place that asks for it. */
  warn(cause: string, at: Tree, message: string, hint: string): void {
    if (this.quiet || this.#told.has(cause)) return;
    this.#told.add(cause);
    this.context.ledger.report(diagnosticAt('DG1205', placeOf(at), message, hint, 'warning'));
  }
  refuse(at: Tree, message: string, hint: string): void {
    this.context.ledger.report(diagnosticAt('DG1205', placeOf(at), message, hint));
  }

  #guarded<T>(key: Tree, at: Tree, work: () => T, otherwise: T): T {
    if (this.#open.has(key)) {
      this.refuse(at, 'refers to itself by way of its variables', 'expected variables that lead to a value');
      return otherwise;
    }
    if (this.#open.size >= maxDepth) {
      this.refuse(at, `stands at the end of more than ${maxDepth} variables`, 'expected fewer variables that refer to each other');
      return otherwise;
    }
    this.#open.add(key);
    const result = work();
    this.#open.delete(key);
    return result;
  }

  #collection(tree: Exclude<Tree, { kind: 'scalar' }>): Tree {
    if (tree.kind === 'list') {
      const items = tree.items.map((item) => this.whole(item));
      return items.every((item, at) => item === tree.items[at]) ? tree : { ...tree, items };
    }
    const entries = new Map<string, Member>();
    let changed = false;
    for (const [key, member] of tree.entries) {
      const value = this.whole(member.value);
      changed ||= value !== member.value;
      entries.set(key, value === member.value ? member : { ...member, value });
    }
    return changed ? { ...tree, entries } : tree;
  }

  #value(parts: Parts, at: Tree): Found {
    const [first] = parts;
    if (parts.length > 1 || typeof first !== 'object') {
      const { text, via } = this.#text(parts, at);
      return { tree: scalarAt(at, text), via: [...via] };
    }
    const found = this.#variable(first, at);
    const tag = at.tag ?? found.tree.tag;
    const tagged = tag === undefined ? {} : { tag };
    if (found.tree.kind === 'scalar') return { tree: { ...scalarAt(at, found.tree.value), ...tagged }, via: viaOf(found, at) };
    return { tree: { ...found.tree, ...tagged }, via: at.from === undefined ? found.via : [at.from, ...found.via] };
  }

  #text(parts: Parts, at: Tree): { readonly text: string; readonly via: ReadonlySet<Origin> } {
    const via = new Set<Origin>();
    const texts = parts.map((part) => {
      if (typeof part === 'string') return part;
      const found = this.#variable(part, at);
      for (const one of viaOf(found, at)) via.add(one);
      if (found.tree.kind === 'scalar') return found.tree.value === null ? '' : String(found.tree.value);
      this.refuse(at, `has a ${found.tree.kind} within a text`, 'expected variables that are texts, numbers or true and false');
      return '';
    });
    const text = texts.join('');
    if (text.length <= maxText) return { text, via };
    this.refuse(at, 'is too long once its variables are written out', `expected ${maxText} characters`);
    return { text: '', via: new Set() };
  }

  /** What a variable stands for: where nothing does, a text that names it. */
  #variable(variable: Variable, at: Tree): Found {
    const asked: Named[] = [];
    const found = this.#choose(variable, at, asked);
    const [first] = asked;
    const unknown = asked.find((one) => one.elsewhere) ?? first;
    if (found !== undefined) {
      if (first?.elsewhere === true)
        this.warn(first.name, at, `${first.name} is not known here: what stands after it counts`, `give it with --var '${first.name}=VALUE'`);
      return found;
    }
    if (unknown === undefined) return { tree: nothingAt(at), via: [] };
    const { text, cause, message, hint } = standInFor(unknown, this);
    this.warn(cause, at, message, hint);
    // Who is led through it need not be told again.
    this.#told.add(text);
    if (text === unknown.name) this.#standIns.add(text);
    return { tree: scalarAt(at, text), via: [] };
  }

  #choose(variable: Variable, at: Tree, asked: Named[]): Found | undefined {
    for (const choice of variable.choices) {
      const found = this.#choice(choice, at, asked);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #choice(choice: Choice, at: Tree, asked: Named[]): Found | undefined {
    switch (choice.kind) {
      case 'literal':
        return { tree: scalarAt(at, choice.value), via: [] };
      case 'variable':
        return this.#choose(choice.variable, at, asked);
      case 'wrong':
        this.refuse(
          at,
          `the variable falls back to ${JSON.stringify(choice.text)}, which is no value`,
          'expected a source, a number, true, false, null or a quoted text',
        );
        return { tree: nothingAt(at), via: [] };
      case 'source': {
        const via: Origin[] = [];
        const textOf = (parts: Parts): string => {
          const read = this.#text(parts, at);
          via.push(...read.via);
          return read.text;
        };
        const params = choice.params?.map(textOf);
        const address = choice.address === undefined ? undefined : textOf(choice.address);
        const { named, answer } = lookUp(choice.type, params, address, this, at);
        asked.push(named);
        if (answer === undefined) return undefined;
        const found = typeof answer === 'object' && answer !== null ? answer : { tree: scalarAt(at, answer), via: [] };
        return via.length === 0 ? found : { tree: found.tree, via: [...found.via, ...via] };
      }
      default:
        return choice;
    }
  }

  /** A copy that says by which places it came. */
  #brought(tree: Tree, via: readonly Origin[], at: Tree): Tree {
    if (!this.#affords(1, at)) return nothingAt(at);
    const place = { ...tree, via: tree.via === undefined ? via : [...tree.via, ...via] };
    if (place.kind === 'scalar') return place;
    // Once there are too many, the rest is left out.
    if (place.kind === 'list') return { ...place, items: place.items.flatMap((item) => (this.#isSpent ? [] : this.#brought(item, via, at))) };
    const entries = new Map<string, Member>();
    for (const [key, member] of place.entries) if (!this.#isSpent) entries.set(key, { ...member, value: this.#brought(member.value, via, at) });
    return { ...place, entries };
  }

  get #isSpent(): boolean {
    return this.#size > maxSize;
  }
  #affords(more: number, at: Tree): boolean {
    const first = !this.#isSpent;
    this.#size += more;
    if (first && this.#isSpent) this.refuse(at, 'is too large once its variables are written out', `expected ${maxSize} values`);
    return !this.#isSpent;
  }
}

/** The places by which a single value came to another place: its own, too. */
function viaOf({ tree, via }: Found, at: Tree): readonly Origin[] {
  return tree.from === undefined || tree.from === at.from ? via : [...via, tree.from];
}

export function memberOf(tree: Tree, key: string): Tree | undefined {
  if (tree.kind === 'map') return tree.entries.get(key)?.value;
  return tree.kind === 'list' ? tree.items[/^\d+$/.test(key) ? Number(key) : -1] : undefined;
}

/** A value in the place of another tree. */
const scalarAt = (at: Tree, value: Scalar): Tree => ({
  ...(at.tag === undefined ? {} : { tag: at.tag }),
  ...(at.from === undefined ? {} : { from: at.from }),
  kind: 'scalar',
  value,
  line: at.line,
  column: at.column,
});
const nothingAt = (at: Tree): Tree => scalarAt(at, null);
const placeOf = (at: Tree): Origin => at.from ?? { file: '', line: at.line, column: at.column, pointer: '' };
