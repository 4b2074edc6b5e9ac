import { all, isObject, keywords, passes, type Judge, type Keyword, type SchemaCompiler } from './json-schema-keywords.ts';

export type { Judge };

/**
 * Compiles a JSON Schema of draft 4, 6 or 7. References stay within the document; of formats, dates and times are looked at.
 * @throws Error where it is no schema, or one of its patterns is not safe to run
 */
export const compileJsonSchema = (document: unknown): Judge => schemaCompiler(document)(document);

/** Compiles schemas whose references lead into one document: what they refer to is compiled once. */
export function schemaCompiler(document: unknown): (schema: unknown) => Judge {
  const compiler = new Compiler(document);
  return (schema) => {
    const judge = compiler.compile(schema);
    compiler.finish();
    return withinDepth(judge);
  };
}

/** Refuses a value that is nested deeper than the stack, and a reference that only leads to itself. */
export const withinDepth =
  (judge: Judge): Judge =>
  (value) => {
    try {
      return judge(value);
    } catch (error) {
      if (error instanceof RangeError) return 'is nested too deeply';
      throw error;
    }
  };

class Compiler implements SchemaCompiler {
  readonly #document: unknown;
  readonly #references = new Map<string, Judge>();
  /** A schema may refer to itself: what is referred to is compiled when the rest is. */
  readonly #pending = new Map<string, unknown>();

  constructor(document: unknown) {
    this.#document = document;
  }

  compile(schema: unknown): Judge {
    if (typeof schema === 'boolean') return schema ? passes : () => 'no value is allowed here';
    if (!isObject(schema)) throw new Error('a schema is an object, true or false');
    if (typeof schema['$ref'] === 'string') return this.#reference(schema['$ref']);
    return all(
      Object.keys(schema).flatMap((key) => (Object.hasOwn(keywords, key) ? ((keywords[key] as Keyword)(schema[key], schema, this) ?? []) : [])),
    );
  }

  list(value: unknown, key: string): Judge[] {
    if (!Array.isArray(value)) throw new Error(`${key} is a list of schemas`);
    return value.map((one) => this.compile(one));
  }

  map(value: unknown, key: string): [string, Judge][] {
    if (!isObject(value)) throw new Error(`${key} is an object of schemas`);
    return Object.entries(value).map(([name, one]) => [name, this.compile(one)]);
  }

  finish(): void {
    const added: string[] = [];
    try {
      for (const [pointer, schema] of this.#pending) {
        if (this.#references.has(pointer)) continue;
        added.push(pointer);
        this.#references.set(pointer, this.compile(schema));
      }
    } catch (error) {
      // What refers to a schema that is none is none itself, whoever compiles it next.
      for (const pointer of added) this.#references.delete(pointer);
      throw error;
    } finally {
      this.#pending.clear();
    }
  }

  #reference(pointer: string): Judge {
    if (pointer !== '#' && !pointer.startsWith('#/')) throw new Error(`${pointer} lies outside the schema`);
    let target: unknown = this.#document;
    for (const part of pointer.split('/').slice(1)) {
      const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
      target = (isObject(target) || Array.isArray(target)) && Object.hasOwn(target, name) ? (target as Record<string, unknown>)[name] : undefined;
    }
    if (target === undefined) throw new Error(`there is nothing at ${pointer}`);
    this.#pending.set(pointer, target);
    return (value) => (this.#references.get(pointer) ?? passes)(value);
  }
}
