import { Redactor } from './secrets.ts';
import { anyStandIn, isSearchable, redactedToken } from './stand-ins.ts';
import { fieldOf, type TapedRequest } from './taped.ts';

/** What is not compared when a request is looked for on a tape. */
export interface Ignores {
  /** Names of query parameters. */
  readonly query?: readonly string[];
  /** JSON Pointers of body members, or names of form fields; `*` stands for any one part of a pointer. */
  readonly body?: readonly string[];
}

/** A request as it is compared: without what may differ, and with every secret as the same mask. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  /** Sorted by name; the values of one name keep their order. */
  readonly query: readonly (readonly [name: string, value: string])[];
  /** By JSON Pointer (or field name) for JSON and forms, else the whole text under the empty name; empty where there is no body. */
  readonly body: ReadonlyMap<string, string>;
  /** All of it in one text. */
  readonly key: string;
}

const mask = '*';

/** A credential that is asked with is never the one that was recorded. */
export class Asker {
  readonly #query: ReadonlySet<string>;
  readonly #body: readonly (readonly string[])[];
  readonly #isSecretField: (lowerName: string) => boolean;

  constructor(ignores: Ignores, isSecretField: (lowerName: string) => boolean) {
    this.#query = new Set(ignores.query);
    this.#body = (ignores.body ?? []).map((one) => (one.startsWith('/') ? one : `/${one}`).split('/').slice(1));
    this.#isSecretField = isSecretField;
  }

  read({ method, target, rawHeaders, body }: TapedRequest): Asked {
    const own = new Set<string>();
    const masking = new Redactor((secret) => (own.add(secret), mask), this.#isSecretField);
    masking.fields(rawHeaders);
    const [plainPath = '', query = ''] = masked(masking.target(target)).split(/\?(.*)/s);
    const type = fieldOf(rawHeaders, 'content-type') ?? '';
    const plainMembers = this.#members(body, type, masking);
    // On the tape a secret is hidden wherever it stood: so it is here.
    const hidden = [...own].filter(isSearchable);
    const hide = (text: string): string => hidden.reduce((shown, secret) => shown.replaceAll(secret, mask), text);
    const path = hide(plainPath);
    const pairs = [...new URLSearchParams(query)]
      .filter(([name]) => !this.#query.has(name))
      .map(([name, value]): [string, string] => [name, hide(value)])
      .sort(byName);
    const members = new Map([...plainMembers].map(([name, value]) => [name, hide(value)]));
    const key = JSON.stringify([method, path, pairs, [...members]]);
    return { method, path, query: pairs, body: members, key };
  }

  #members(bytes: Buffer, type: string, masking: Redactor): Map<string, string> {
    if (bytes.length === 0) return new Map();
    if (/x-www-form-urlencoded/i.test(type)) {
      const form = [...new URLSearchParams(masked(masking.text(bytes.toString('utf8'), type)))].sort(byName);
      return this.#kept(form.map(([name, value]) => [name, value] as const));
    }
    const text = bytes.toString('latin1');
    if (/json/i.test(type) || /^\s*[{[]/.test(text.slice(0, 100))) {
      try {
        return this.#kept([...leavesOf(JSON.parse(masked(masking.text(bytes.toString('utf8'), type))), '', 0)].sort(byName));
      } catch {
        // Not JSON after all.
      }
    }
    // Each client draws a boundary of its own.
    const [, boundary = ''] = /boundary="?([^";,\s]{1,70})/i.exec(type) ?? [];
    return new Map([['', masked(masking.text(boundary === '' ? text : text.replaceAll(boundary, 'boundary'), type))]]);
  }

  #kept(pairs: readonly (readonly [name: string, value: string])[]): Map<string, string> {
    const kept = new Map<string, string>();
    for (const [name, value] of pairs) {
      if (this.#isIgnored(name)) continue;
      // A form may hold a name twice.
      const before = kept.get(name);
      kept.set(name, before === undefined ? value : `${before}\u{0}${value}`);
    }
    return kept;
  }

  #isIgnored(pointer: string): boolean {
    if (this.#body.length === 0) return false;
    const parts = (pointer.startsWith('/') ? pointer : `/${pointer}`).split('/').slice(1);
    return this.#body.some((pattern) => pattern.length <= parts.length && pattern.every((part, at) => part === mask || part === parts[at]));
  }
}

/** Sorting is stable: what has one name keeps its order. */
const byName = ([one]: readonly [string, string], [other]: readonly [string, string]): number => (one < other ? -1 : one > other ? 1 : 0);

/** Stand-ins are numbered by each recording for itself. */
const masked = (text: string): string => text.replaceAll(anyStandIn, mask).replaceAll(redactedToken, mask);

/** Members of JSON, however its keys are ordered. What is nested deeper than anybody writes is compared as text. */
function* leavesOf(value: unknown, pointer: string, depth: number): Generator<readonly [string, string]> {
  const isBranch = typeof value === 'object' && value !== null && Object.keys(value).length > 0;
  if (!isBranch || depth > 100) return yield [pointer, JSON.stringify(value)];
  for (const [name, child] of Object.entries(value))
    yield* leavesOf(child, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1);
}
