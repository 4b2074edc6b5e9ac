import type { Setting } from '../../../sources/setting.ts';
import { didYouMean } from '../../../sources/setting.ts';

interface Entity {
  readonly id: string;
  readonly setting: Setting;
}

/** The entities of one kind, found by id or by the name that Kong's foreign keys may use instead (its endpoint key). */
export class Directory<T extends Entity> {
  readonly all: T[] = [];
  readonly #kind: string;
  readonly #nameOf: (one: T) => string;
  readonly #ids = new Map<string, T>();
  readonly #names = new Map<string, T>();

  /** `kind`: as people call one of them. */
  constructor(kind: string, nameOf: (one: T) => string) {
    this.#kind = kind;
    this.#nameOf = nameOf;
  }

  add(one: T): T {
    this.all.push(one);
    if (!this.#ids.has(one.id)) this.#ids.set(one.id, one);
    const name = this.#nameOf(one);
    if (name !== '' && !this.#names.has(name)) this.#names.set(name, one);
    return one;
  }

  find(key: string): T | undefined {
    return key === '' ? undefined : (this.#ids.get(key) ?? this.#names.get(key));
  }

  /** What a foreign key means; a key that nothing answers to is refused, as Kong does (declarative_config, validate_references). */
  refer(key: string, setting: Setting): T | undefined {
    if (key === '') return undefined;
    const found = this.find(key);
    if (found === undefined) {
      const near = didYouMean(key, [...this.#names.keys()].slice(0, 1000));
      setting.problem(
        'DG1205',
        `there is no ${this.#kind} ${JSON.stringify(key)}`,
        `expected the name or id of a ${this.#kind} of this configuration${near}`,
      );
    }
    return found;
  }
}
