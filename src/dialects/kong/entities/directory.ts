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
  readonly #uniqueOf: (one: T) => Readonly<Record<string, string>>;
  readonly #byKey = new Map<string, T>();
  readonly #fields = new Map<string, T>();
  readonly #isPart: () => boolean;

  /**
   * `kind`: as people call one of them. `uniqueOf`: the fields whose values no two of them share, the first one is the name.
   * `isPart`: whether the files say themselves that others of this kind are elsewhere.
   */
  constructor(kind: string, uniqueOf: (one: T) => Readonly<Record<string, string>>, isPart: () => boolean = () => false) {
    this.#kind = kind;
    this.#uniqueOf = uniqueOf;
    this.#isPart = isPart;
  }

  /** Two with the same id or name are refused, as Kong does (`uniqueness violation`). */
  add(one: T): T {
    this.all.push(one);
    const unique = Object.entries(this.#uniqueOf(one));
    for (const [field, value] of [['id', one.id] as const, ...unique]) {
      if (value === '') continue;
      const key = `${field} ${value}`;
      const first = this.#fields.get(key);
      if (first === undefined) this.#fields.set(key, one);
      else {
        const place = one.setting.kind === 'scalar' && field !== 'id' ? one.setting : one.setting.get(field);
        if (place.exists) twice(place, `the ${field} of a ${this.#kind}, ${JSON.stringify(value)},`, first.setting);
      }
    }
    for (const key of [one.id, unique[0]?.[1] ?? '']) if (key !== '' && !this.#byKey.has(key)) this.#byKey.set(key, one);
    return one;
  }

  find(key: string): T | undefined {
    return key === '' ? undefined : this.#byKey.get(key);
  }

  /**
   * What a foreign key means. One that nothing answers to is refused, as Kong does (declarative_config, validate_references), unless
   * the files are plainly a part of a configuration: then nothing that is here could be meant.
   */
  refer(key: string, setting: Setting): T | undefined {
    if (key === '') return undefined;
    const found = this.find(key);
    if (found !== undefined) return found;
    const what = `there is no ${this.#kind} ${JSON.stringify(key)}`;
    if (this.all.length === 0 || this.#isPart())
      setting.warning('DG1205', what, `name the file that holds it as well: without it, this does nothing`);
    else {
      const near = didYouMean(key, [...this.#byKey.keys()].slice(0, 1000));
      setting.problem('DG1205', what, `expected the name or id of a ${this.#kind} of this configuration${near}`);
    }
    return undefined;
  }
}

export function twice(setting: Setting, what: string, first: Setting, severity: 'error' | 'warning' = 'error'): void {
  const [message, hint] = [`${what} is there twice`, `Kong refuses the second one; the first one is ${first.origin.file}:${first.origin.line}`];
  if (severity === 'error') setting.problem('DG1206', message, hint);
  else setting.warning('DG1206', message, hint);
}
