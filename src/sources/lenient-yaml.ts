/** A text that was made what the parser takes. */
export interface Mended {
  readonly text: string;
  /** As long as `text`, with every line break: places count in it. */
  readonly lines: string;
  /** Where separators of documents were put in. */
  readonly added: ReadonlySet<number>;
}

const token = () => /\s+|"[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*"|[^\s"]/gy;

/**
 * JSON that was pasted under a key with less indentation than the key: libyaml takes it, in whose flow collections indentation says nothing.
 * From `at` on, where the parser gave up, to the end of the collection line breaks become blanks: no place moves. Only those beside punctuation:
 * what is between two words may be one text. Undefined where there is nothing to do.
 */
export function withoutBreaks({ text, lines, added }: Mended, at: number): Mended | undefined {
  const start = text.slice(0, at).trimEnd().length;
  const mended = [text.slice(0, start)];
  const tokens = token();
  tokens.lastIndex = start;
  let end = start;
  let depth = 0;
  let before = text[start - 1] ?? '';
  for (let found = tokens.exec(text); found !== null; found = tokens.exec(text)) {
    const [one] = found;
    if (one === "'" || one === '#') break;
    if (/[\r\n]/.test(one)) {
      const after = text[tokens.lastIndex] ?? '';
      const isOver = depth < 0 && /[\]}]/.test(before) && !/[\],}]/.test(after);
      if (isOver || !(/[,:[{]/.test(before) || /[\],}]/.test(after))) break;
      mended.push(' '.repeat(one.length));
    } else mended.push(one);
    end = tokens.lastIndex;
    depth += depthOf(one);
    if (one.trim() !== '') before = one.at(-1) as string;
  }
  const whole = mended.join('') + text.slice(end);
  return whole === text ? undefined : { text: whole, lines, added };
}

/** Put before a JSON document that follows another, in its own line. */
export const separator = '--- ';

/** JSON documents one after the other, as `jq` writes them, made a stream of YAML. Undefined where they are none. */
export function separated({ text }: Mended): Mended | undefined {
  const added = new Set<number>();
  const made: string[] = [];
  let length = 0;
  let depth = 0;
  let isBehind = false;
  for (const [one] of text.trimStart().startsWith('{') ? text.matchAll(token()) : []) {
    if (one === '{' && depth === 0 && isBehind) {
      added.add(length);
      made.push(separator);
      length += separator.length;
    }
    made.push(one);
    length += one.length;
    depth += depthOf(one);
    if (one === '}' && depth === 0) isBehind = false;
    else isBehind = depth === 0 && one.endsWith('\n');
  }
  const whole = made.join('');
  return added.size === 0 || length < text.length ? undefined : { text: whole, lines: whole, added };
}

const depthOf = (one: string): number => (one === '{' || one === '[' ? 1 : one === '}' || one === ']' ? -1 : 0);
