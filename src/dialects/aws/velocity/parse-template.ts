import { expression, optionalValue, reference, type Interpolate } from './parse-expression.ts';
import { Scanner } from './scanner.ts';
import { TemplateSyntaxError, type Block, type Expression, type Macro, type Reference, type Statement, type Template } from './syntax.ts';

const longest = 300_000;
const known: ReadonlySet<string> = new Set([
  'set',
  'if',
  'elseif',
  'else',
  'end',
  'stop',
  'foreach',
  'macro',
  'define',
  'evaluate',
  'break',
  'parse',
  'include',
  'literal',
]);
/** What a closing parenthesis, `#end` and `#else` take along: the rest of a line that is otherwise blank. */
const blankRest = /[ \t]*(?:\r\n|\n|\r)/y;

/** Reads a template in Velocity 1.7's language. @throws TemplateSyntaxError */
export function parseTemplate(text: string): Template {
  if (text.length > longest) throw new TemplateSyntaxError(`a template has at most ${longest} characters`, text, 0);
  const macros = new Map<string, Macro>();
  const parser = new TemplateParser(text, macros);
  return { body: parser.whole(), macros };
}

class TemplateParser {
  readonly #scanner: Scanner;
  readonly #macros: Map<string, Macro>;
  readonly #interpolate: Interpolate;
  /** Directly behind `$x.y`, where Velocity's scanner takes `##` for text. */
  #behindMember = false;

  constructor(text: string, macros: Map<string, Macro>, outer?: { readonly text: string; readonly at: number; readonly depth: number }) {
    this.#scanner = new Scanner(text);
    this.#macros = macros;
    const depth = (outer?.depth ?? 0) + 1;
    this.#interpolate = (inner, at) => {
      const here = outer === undefined ? { text, at, depth } : { ...outer, depth };
      if (depth > 10) throw new TemplateSyntaxError('strings nested more than 10 deep', here.text, here.at);
      try {
        // A space at the end ends a reference or a directive that the string ends with; it is no part of the text.
        return new TemplateParser(`${inner} `, macros, here).whole();
      } catch (error) {
        if (error instanceof TemplateSyntaxError) throw new TemplateSyntaxError(error.message, here.text, here.at);
        throw error;
      }
    };
  }

  whole(): Block {
    const body = this.#block();
    return this.#scanner.done ? body : this.#scanner.fail('nothing is open that could be ended');
  }

  /** Statements up to `#end`, `#else`, `#elseif` or the end of the text. */
  #block(): Block {
    const scanner = this.#scanner;
    const found: Statement[] = [];
    return scanner.nested(() => {
      while (!scanner.done && !scanner.sees(/#(?:(?:end|elseif|else)(?![\w@])|\{(?:end|elseif|else)\})/y)) this.#statement(found);
      return found;
    });
  }

  #statement(into: Statement[]): void {
    const scanner = this.#scanner;
    const { at } = scanner;
    const behindMember = this.#behindMember;
    this.#behindMember = false;
    if (scanner.take(/[ \t]*#(?:set|\{set\}) *\(/y) !== null) {
      into.push(this.#set());
      this.#behindMember = behindMember;
      return;
    }
    const plain = scanner.take(/[^$#\\]+/y);
    if (plain !== null) return text(into, plain[0]);
    if (scanner.sees(/\\*\$/y)) {
      const found = reference(scanner, this.#interpolate);
      if (found !== undefined) {
        into.push(found);
        this.#behindMember = !found.source.endsWith('}') && found.path.findLast(({ is }) => is !== 'index')?.is === 'property';
        return;
      }
      scanner.take(/\\*\$/y);
      if (scanner.done) scanner.fail('expected a name behind $');
      return text(into, scanner.text.slice(at, scanner.at));
    }
    const slashes = scanner.take(/\\+/y);
    if (slashes !== null) return this.#escaped(slashes[0], into);
    if (behindMember && scanner.takes('##')) return text(into, '##');
    if (scanner.take(/##[^\r\n]*(?:\r\n|\n|\r)?/y) !== null || scanner.take(/#\*[\s\S]*?(?:\*#|$)/y) !== null) return;
    const unparsed = scanner.take(/#\[\[([\s\S]*?)\]\]#/y);
    if (unparsed !== null) return text(into, unparsed[1] as string);
    if (scanner.sees(/#\[\[/y)) scanner.fail('expected ]]# behind');
    this.#directive(into);
  }

  /** Backslashes before a directive escape it by pairs; before anything else they are text. */
  #escaped(slashes: string, into: Statement[]): void {
    const word = this.#scanner.sees(/#\{?[A-Za-z_@]/y) ? this.#scanner.text.slice(this.#scanner.at).match(/^#\{?([A-Za-z_@]\w*)\}?/) : null;
    const name = word?.[1] ?? '';
    const directive = known.has(name) || this.#macros.has(name);
    if (!directive || word === null) return text(into, slashes);
    if (slashes.length % 2 === 0) return text(into, name === 'set' ? slashes : slashes.slice(slashes.length / 2));
    this.#scanner.at += word[0].length;
    text(into, '\\'.repeat((slashes.length - 1) / 2) + word[0]);
  }

  #set(): Statement {
    const scanner = this.#scanner;
    scanner.space();
    const target = reference(scanner, this.#interpolate) ?? scanner.fail('expected a reference');
    scanner.space();
    scanner.expect('=');
    const value = expression(scanner, this.#interpolate);
    this.#close();
    return { is: 'set', target, value };
  }

  #close(): void {
    this.#scanner.expect(')');
    this.#scanner.take(blankRest);
  }

  #end(): void {
    if (this.#scanner.take(/#(?:end(?![\w@])|\{end\})/y) === null) this.#scanner.fail('expected #end');
    this.#scanner.take(blankRest);
  }

  #directive(into: Statement[]): void {
    const scanner = this.#scanner;
    const { at } = scanner;
    const found = scanner.take(/#(?:([A-Za-z_@][\w@]*)|\{([A-Za-z_]\w*)\})/y);
    if (found === null) {
      scanner.at += 1;
      if (scanner.done) scanner.fail('expected a directive behind #');
      return text(into, '#');
    }
    const name = (found[1] ?? found[2]) as string;
    if (name === 'if') return void into.push(this.#if());
    if (name === 'stop') return void into.push({ is: 'stop' });
    if (!scanner.sees(/[ \t\n\r]*\(/y)) {
      if (name === 'break') return void into.push({ is: 'break' });
      if (known.has(name)) scanner.fail(`#${name} needs parentheses`, at);
      return void (this.#macros.has(name) ? into.push(this.#call(name, [], at)) : text(into, found[0]));
    }
    scanner.space();
    scanner.expect('(');
    if (name === 'foreach') return void into.push(this.#foreach(at));
    if (name === 'macro') return this.#macro(at);
    const args = this.#args();
    this.#close();
    if (name === 'parse' || name === 'include') scanner.fail(`#${name} is not available in API Gateway`, at);
    if (name === 'break') into.push({ is: 'break' });
    else if (name === 'evaluate') into.push({ is: 'evaluate', value: args[0] ?? scanner.fail('#evaluate needs a value', at), at });
    else if (name === 'define')
      into.push({ is: 'define', name: variable(args[0]) ?? scanner.fail('#define needs a reference', at), body: this.#body() });
    else if (name === 'literal') {
      const start = scanner.at;
      this.#block();
      text(into, scanner.text.slice(start, scanner.at));
      this.#end();
    } else into.push(this.#call(name, args, at));
  }

  #call(name: string, args: readonly Expression[], at: number): Statement {
    const body = name.startsWith('@') ? this.#body() : null;
    return { is: 'call', name: name.replace(/^@/, ''), args, body, source: this.#scanner.text.slice(at, this.#scanner.at), at };
  }

  #body(): Block {
    const body = this.#block();
    this.#end();
    return body;
  }

  /** Arguments of a directive: separated by space, commas or both. Words are text. */
  #args(): Expression[] {
    const scanner = this.#scanner;
    const args: Expression[] = [];
    for (;;) {
      scanner.space();
      if (args.length > 0 && scanner.takes(',')) scanner.space();
      const word = scanner.sees(/(?:true|false)(?!\w)/y) ? null : scanner.take(/[A-Za-z_@][\w@]*/y);
      const value = word === null ? optionalValue(scanner, this.#interpolate) : ({ is: 'literal', value: word[0] } as const);
      if (value === undefined) return args;
      args.push(value);
    }
  }

  #if(): Statement {
    const scanner = this.#scanner;
    const branches: { when: Expression | null; body: Block }[] = [];
    const condition = (): Expression => {
      scanner.space();
      scanner.expect('(');
      const when = expression(scanner, this.#interpolate);
      this.#close();
      return when;
    };
    const when = condition();
    branches.push({ when, body: this.#block() });
    while (scanner.take(/#(?:elseif(?![\w@])|\{elseif\})/y) !== null) {
      const next = condition();
      branches.push({ when: next, body: this.#block() });
    }
    if (scanner.take(/#(?:else(?![\w@])|\{else\})/y) !== null) {
      scanner.take(blankRest);
      branches.push({ when: null, body: this.#block() });
    }
    this.#end();
    return { is: 'if', branches };
  }

  #foreach(at: number): Statement {
    const scanner = this.#scanner;
    const [item, word, over] = this.#args();
    const name = variable(item);
    if (name === undefined || word?.is !== 'literal' || word.value !== 'in' || over === undefined)
      return scanner.fail('expected #foreach($item in $list)', at);
    this.#close();
    return { is: 'foreach', variable: name, over, body: this.#body(), at };
  }

  /** A macro is known in the whole template; of two with one name the first stands. */
  #macro(at: number): void {
    const scanner = this.#scanner;
    const [name, ...params] = this.#args();
    if (name?.is !== 'literal' || typeof name.value !== 'string') return scanner.fail('expected #macro(name $parameter)', at);
    const names = params.map((one) => variable(one) ?? scanner.fail('a parameter of a macro is a plain reference', at));
    this.#close();
    // Known from here on, so that it may call itself.
    const macro = { params: names, body: [] as Block };
    if (!this.#macros.has(name.value)) this.#macros.set(name.value, macro);
    macro.body = this.#body();
  }
}

const variable = (value: Expression | undefined): string | undefined =>
  value?.is === 'reference' && (value as Reference).path.length === 0 ? value.name : undefined;

/** Text beside text is one statement. */
function text(into: Statement[], more: string): void {
  const last = into.at(-1);
  if (last?.is === 'text') into[into.length - 1] = { is: 'text', text: last.text + more };
  else into.push({ is: 'text', text: more });
}
