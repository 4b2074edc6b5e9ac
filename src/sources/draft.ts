import { madeTree, type Made, type Member, type Tree } from './tree.ts';

/**
 * A map that a reader goes on writing: members of the user's own map keep their places, others are laid at the place that led to them.
 * Only what is written to is copied, so that many small changes cost no more than the map itself.
 */
export class Draft {
  readonly #base: Tree;
  readonly #members = new Map<string, Draft | Member>();

  /** `at`: the place of what is made where there is no map yet. */
  constructor(tree: Tree | undefined, at: Tree) {
    this.#base = tree?.kind === 'map' ? tree : madeTree({}, at);
    if (this.#base.kind === 'map') for (const [key, member] of this.#base.entries) this.#members.set(key, member);
  }

  keys(): string[] {
    return [...this.#members.keys()];
  }
  has(key: string): boolean {
    return this.#members.has(key);
  }
  /** Whether a map stands there. */
  isMap(key: string): boolean {
    const found = this.#members.get(key);
    return found instanceof Draft || found?.value.kind === 'map';
  }
  /** What stands there now. */
  get(key: string): Tree | undefined {
    const found = this.#members.get(key);
    return found instanceof Draft ? found.tree() : found?.value;
  }
  /** The map below a key, to be written; made where none is there. What is no map gives way to one. `at`: its place where it is made. */
  below(key: string, at: Tree = this.#base): Draft {
    const found = this.#members.get(key);
    if (found instanceof Draft) return found;
    const draft = new Draft(found?.value, at);
    this.#members.set(key, draft);
    return draft;
  }
  set(key: string, value: Made, at: Tree = this.#base): void {
    const tree = madeTree(value, at);
    this.#members.set(key, { value: tree, line: tree.from?.line ?? tree.line, column: tree.from?.column ?? tree.column });
  }
  delete(key: string): void {
    this.#members.delete(key);
  }

  tree(): Tree {
    const entries = new Map<string, Member>();
    for (const [key, member] of this.#members) {
      if (!(member instanceof Draft)) entries.set(key, member);
      else {
        const value = member.tree();
        entries.set(key, { value, line: value.from?.line ?? value.line, column: value.from?.column ?? value.column });
      }
    }
    return { ...this.#base, kind: 'map', entries } as Tree;
  }
}
