/** What a template says, as a tree. `at` is an offset in the template. */
export type Statement =
  | { readonly is: 'text'; readonly text: string }
  | Reference
  | { readonly is: 'set'; readonly target: Reference; readonly value: Expression }
  | { readonly is: 'if'; readonly branches: readonly { readonly when: Expression | null; readonly body: Block }[] }
  | { readonly is: 'foreach'; readonly variable: string; readonly over: Expression; readonly body: Block; readonly at: number }
  | { readonly is: 'define'; readonly name: string; readonly body: Block }
  | {
      readonly is: 'call';
      readonly name: string;
      readonly args: readonly Expression[];
      readonly body: Block | null;
      readonly source: string;
      readonly at: number;
    }
  | { readonly is: 'evaluate'; readonly value: Expression; readonly at: number }
  | { readonly is: 'break' }
  | { readonly is: 'stop' };
export type Block = readonly Statement[];

export type Operator = '+' | '-' | '*' | '/' | '%' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '&&' | '||';
export type Expression =
  | Reference
  | { readonly is: 'literal'; readonly value: string | bigint | number | boolean }
  | { readonly is: 'interpolated'; readonly body: Block }
  | { readonly is: 'range'; readonly from: Expression; readonly to: Expression; readonly at: number }
  | { readonly is: 'list'; readonly items: readonly Expression[] }
  | { readonly is: 'map'; readonly entries: readonly (readonly [Expression, Expression])[] }
  | { readonly is: 'not'; readonly value: Expression }
  | {
      readonly is: 'operation';
      readonly operator: Operator;
      readonly left: Expression;
      readonly right: Expression;
      readonly source: readonly [string, string];
    };

export interface Reference {
  readonly is: 'reference';
  readonly name: string;
  readonly path: readonly PathStep[];
  readonly quiet: boolean;
  /** Backslashes before the `$`. */
  readonly escapes: number;
  /** As it is written, without its backslashes. */
  readonly source: string;
  readonly at: number;
}
export type PathStep =
  | { readonly is: 'property'; readonly name: string }
  | { readonly is: 'method'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly is: 'index'; readonly value: Expression };

export interface Macro {
  readonly params: readonly string[];
  readonly body: Block;
}
export interface Template {
  readonly body: Block;
  readonly macros: ReadonlyMap<string, Macro>;
}

/** A template that cannot be read. `line` and `column` count from 1 within the template. */
export class TemplateSyntaxError extends Error {
  readonly line: number;
  readonly column: number;
  constructor(what: string, text: string, at: number) {
    const before = text.slice(0, at).split('\n');
    super(what);
    this.line = before.length;
    this.column = (before.at(-1) as string).length + 1;
  }
}

/** A template that fails while it is rendered: a method that throws, a limit. */
export class TemplateFailure extends Error {}
