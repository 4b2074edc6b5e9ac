import { TemplateSyntaxError } from './syntax.ts';

const deepest = 100;

/** A place in a template, with what every part of the grammar needs. */
export class Scanner {
  readonly text: string;
  at = 0;
  #depth = 0;

  constructor(text: string) {
    this.text = text;
  }

  get done(): boolean {
    return this.at >= this.text.length;
  }
  /** Takes what the sticky pattern finds here, or nothing. */
  take(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found !== null) this.at += found[0].length;
    return found;
  }
  sees(pattern: RegExp): boolean {
    pattern.lastIndex = this.at;
    return pattern.test(this.text);
  }
  takes(literal: string): boolean {
    if (!this.text.startsWith(literal, this.at)) return false;
    this.at += literal.length;
    return true;
  }
  expect(literal: string): void {
    if (!this.takes(literal)) this.fail(`expected ${literal}`);
  }
  space(): void {
    this.take(/[ \t\n\r]*/y);
  }
  fail(what: string, at: number = this.at): never {
    throw new TemplateSyntaxError(
      at >= this.text.length ? `${what} before the end` : `${what} at ${JSON.stringify(this.text.slice(at, at + 12))}`,
      this.text,
      at,
    );
  }
  /** Nesting is bounded: a template must not exhaust the stack. */
  nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > deepest) this.fail(`nested more than ${deepest} deep`);
    const result = read();
    this.#depth -= 1;
    return result;
  }
}
