import { assign, indexOf, methodOf, operate, propertyOf, range } from './evaluate.ts';
import { javaText, type HostObject } from './java-values.ts';
import { parseTemplate } from './parse-template.ts';
import { TemplateFailure, type Block, type Expression, type Macro, type PathStep, type Reference, type Statement, type Template } from './syntax.ts';

export interface Limits {
  /** Passes of one loop; API Gateway ends a loop after 1000. */
  readonly passes: number;
  /** Characters. */
  readonly output: number;
  /** Statements and values that one rendering may come to. */
  readonly work: number;
}
const ordinary: Limits = { passes: 1_000, output: 10_485_760, work: 1_000_000 };
const deepest = 20;
const stopped = Symbol('stop');
const broken = Symbol('break');

export interface RenderOptions {
  readonly limits?: Partial<Limits>;
  /** What a value that is there and null prints: `nothing` is API Gateway's way, `reference` Velocity's own. */
  readonly nulls?: 'nothing' | 'reference';
}

/** An argument of a macro: evaluated where it is used, in the scope of its call. */
class Argument {
  readonly value: Expression | Block;
  readonly scope: Scope;
  constructor(value: Expression | Block, scope: Scope) {
    this.value = value;
    this.scope = scope;
  }
}
/** The text of `#define`, rendered where it is used. */
class Defined {
  readonly body: Block;
  constructor(body: Block) {
    this.body = body;
  }
}
type Scope = ReadonlyMap<string, Argument> | null;

/** Renders a template. `variables` are read and written. @throws TemplateFailure */
export function render(template: Template, variables: Map<string, unknown>, options: RenderOptions = {}): string {
  const renderer = new Renderer(template.macros, variables, options);
  renderer.block(template.body, null);
  return renderer.out;
}

class Renderer {
  out = '';
  readonly #macros: Map<string, Macro>;
  readonly #variables: Map<string, unknown>;
  readonly #limits: Limits;
  readonly #printsNull: boolean;
  #work = 0;
  #depth = 0;

  constructor(macros: ReadonlyMap<string, Macro>, variables: Map<string, unknown>, { limits, nulls }: RenderOptions) {
    this.#macros = new Map(macros);
    this.#variables = variables;
    this.#limits = { ...ordinary, ...limits };
    this.#printsNull = nulls === 'nothing';
  }

  block(body: Block, scope: Scope): typeof stopped | typeof broken | undefined {
    for (const statement of body) {
      const end = this.#run(statement, scope);
      if (end !== undefined) return end;
    }
    return undefined;
  }

  #write(text: string): void {
    this.out += text;
    if (this.out.length > this.#limits.output) throw new TemplateFailure(`more than ${this.#limits.output} characters come out`);
  }

  /** A text that doubles with each pass is stopped before it fills the memory. */
  #bounded(value: unknown): unknown {
    if (typeof value === 'string' && value.length > this.#limits.output)
      throw new TemplateFailure(`a text has at most ${this.#limits.output} characters`);
    return value;
  }

  #spend(): void {
    this.#work += 1;
    if (this.#work > this.#limits.work) throw new TemplateFailure('the template does not come to an end');
  }

  #deeper<T>(act: () => T): T {
    this.#depth += 1;
    if (this.#depth > deepest) throw new TemplateFailure(`macros and definitions call each other more than ${deepest} deep`);
    const result = act();
    this.#depth -= 1;
    return result;
  }

  /** The text of a block, apart from what is written. */
  #captured(body: Block, scope: Scope): string {
    const before = this.out;
    this.out = '';
    this.block(body, scope);
    const text = this.out;
    this.out = before;
    return text;
  }

  #run(statement: Statement, scope: Scope): typeof stopped | typeof broken | undefined {
    this.#spend();
    switch (statement.is) {
      case 'text':
        this.#write(statement.text);
        return undefined;
      case 'reference':
        this.#print(statement, scope);
        return undefined;
      case 'set':
        this.#set(statement.target, this.#value(statement.value, scope), scope);
        return undefined;
      case 'if': {
        const branch = statement.branches.find(({ when }) => when === null || this.#holds(when, scope));
        return branch === undefined ? undefined : this.block(branch.body, scope);
      }
      case 'foreach':
        return this.#foreach(statement, scope);
      case 'define':
        this.#variables.set(statement.name, new Defined(statement.body));
        return undefined;
      case 'call':
        return this.#call(statement, scope);
      case 'evaluate': {
        const value = this.#value(statement.value, scope);
        if (value === null || value === undefined) return undefined;
        return this.#deeper(() => this.block(this.#parsed(javaText(value)), scope));
      }
      case 'break':
        return broken;
      case 'stop':
        return stopped;
    }
  }

  #parsed(text: string): Block {
    try {
      const { body, macros } = parseTemplate(text);
      for (const [name, macro] of macros) if (!this.#macros.has(name)) this.#macros.set(name, macro);
      return body;
    } catch (error) {
      throw new TemplateFailure((error as Error).message);
    }
  }

  #foreach({ variable, over, body }: Extract<Statement, { is: 'foreach' }>, scope: Scope): typeof stopped | undefined {
    const value = this.#value(over, scope);
    const items = Array.isArray(value) ? [...(value as unknown[])] : value instanceof Map ? [...value.values()] : [];
    const names = [variable, 'foreach', 'velocityCount'] as const;
    const before = names.map((name) => this.#variables.get(name));
    const last = Math.min(items.length, this.#limits.passes) - 1;
    let end: typeof stopped | typeof broken | undefined;
    for (let at = 0; at <= last && end === undefined; at += 1) {
      this.#spend();
      this.#variables.set(variable, items[at]);
      this.#variables.set('foreach', loop(at, items.length, before[1]));
      this.#variables.set('velocityCount', BigInt(at + 1));
      end = this.block(body, scope);
    }
    for (const [at, name] of names.entries())
      if (before[at] === undefined) this.#variables.delete(name);
      else this.#variables.set(name, before[at]);
    return end === stopped ? stopped : undefined;
  }

  #call({ name, args, body, source }: Extract<Statement, { is: 'call' }>, scope: Scope): typeof stopped | undefined {
    const macro = this.#macros.get(name);
    if (macro === undefined) {
      this.#write(source);
      return undefined;
    }
    const inner = new Map<string, Argument>();
    for (const [at, param] of macro.params.entries()) if (at < args.length) inner.set(param, new Argument(args[at] as Expression, scope));
    if (body !== null) inner.set('bodyContent', new Argument(body, scope));
    return this.#deeper(() => this.block(macro.body, inner)) === stopped ? stopped : undefined;
  }

  #print(reference: Reference, scope: Scope): void {
    const { escapes, source, quiet } = reference;
    const slashes = '\\'.repeat(Math.floor(escapes / 2));
    const value = this.#value(reference, scope);
    const isNothing = value === undefined || value === null;
    if (escapes % 2 === 1) return this.#write(`${slashes}${isNothing ? '\\' : ''}${source}`);
    if (!isNothing) return this.#write(slashes + this.#text(value, scope));
    // Before what is not there a backslash escapes nothing.
    const hidden = quiet || (value === null && this.#printsNull);
    this.#write('\\'.repeat(escapes) + (hidden ? '' : source));
  }

  #text(value: unknown, scope: Scope): string {
    return value instanceof Defined ? this.#deeper(() => this.#captured(value.body, scope)) : javaText(value);
  }

  /** Null is not assigned in Velocity's own way; API Gateway keeps it. */
  #set(target: Reference, value: unknown, scope: Scope): void {
    if (value === undefined || (value === null && !this.#printsNull)) return;
    if (target.path.length === 0) return void this.#variables.set(target.name, value);
    const owner = this.#follow({ ...target, path: target.path.slice(0, -1) }, scope);
    const step = target.path.at(-1) as PathStep;
    assign(owner, step, step.is === 'index' ? this.#value(step.value, scope) : null, value);
  }

  /** Undefined where the variable or the method is not there. */
  #follow({ name, path }: Reference, scope: Scope): unknown {
    const argument = scope?.get(name);
    let value: unknown = argument === undefined ? this.#variables.get(name) : this.#argument(argument);
    for (const step of path) {
      if (value === undefined) return undefined;
      if (value === null) return this.#printsNull ? null : undefined;
      value = this.#step(value instanceof Defined ? this.#text(value, scope) : value, step, scope);
    }
    return value;
  }

  #argument({ value, scope }: Argument): unknown {
    return this.#deeper(() => (Array.isArray(value) ? this.#captured(value as Block, scope) : this.#value(value as Expression, scope)));
  }

  #step(value: unknown, step: PathStep, scope: Scope): unknown {
    if (step.is === 'method') {
      const args = step.args.map((arg) => this.#value(arg, scope) ?? null);
      const method = methodOf(value, step.name);
      return method === undefined ? undefined : this.#bounded(method(...args) ?? null);
    }
    const found = step.is === 'property' ? propertyOf(value, step.name) : indexOf(value, this.#value(step.value, scope) ?? null);
    return found === undefined && this.#printsNull ? null : found;
  }

  #value(value: Expression, scope: Scope): unknown {
    this.#spend();
    switch (value.is) {
      case 'literal':
        return value.value;
      case 'reference':
        return this.#follow(value, scope);
      case 'interpolated':
        return this.#captured(value.body, scope).slice(0, -1);
      case 'list':
        return value.items.map((item) => this.#value(item, scope) ?? null);
      case 'map':
        return new Map(value.entries.map(([key, item]) => [this.#value(key, scope) ?? null, this.#value(item, scope) ?? null]));
      case 'range':
        return range(this.#value(value.from, scope), this.#value(value.to, scope), 100_000);
      case 'not':
        return !this.#holds(value.value, scope);
      case 'operation': {
        const { operator, left, right, source } = value;
        if (operator === '&&') return this.#holds(left, scope) && this.#holds(right, scope);
        if (operator === '||') return this.#holds(left, scope) || this.#holds(right, scope);
        return this.#operate(operator, this.#value(left, scope) ?? null, this.#value(right, scope) ?? null, source);
      }
    }
  }

  /** In API Gateway a value that is null equals the empty text, too. Source: recorded answers. */
  #operate(operator: Parameters<typeof operate>[0], left: unknown, right: unknown, source: readonly [string, string]): unknown {
    const emptyIsNull = this.#printsNull && (operator === '==' || operator === '!=') && (left === null || right === null);
    const of = (value: unknown): unknown => (emptyIsNull && value === '' ? null : value);
    return this.#bounded(operate(operator, of(left), of(right), source));
  }

  /** A reference to all that is there and not false holds, be it 0 or empty. A literal, a list or a sum never does (as Velocity 1.7's own nodes). */
  #holds(condition: Expression, scope: Scope): boolean {
    const value = this.#value(condition, scope);
    return condition.is === 'reference' ? value !== null && value !== undefined && value !== false : value === true;
  }
}

/** `$foreach`. */
function loop(at: number, size: number, parent: unknown): HostObject {
  return {
    javaMethods: {
      getIndex: () => BigInt(at),
      getCount: () => BigInt(at + 1),
      getHasNext: () => at < size - 1,
      hasNext: () => at < size - 1,
      isFirst: () => at === 0,
      isLast: () => at === size - 1,
      getParent: () => parent,
    },
    toString: () => 'foreach',
  };
}
