import { isSecretBag, isSecretName, isSecretNumber } from './secret-names.ts';

/** Gives the text that stands in the place of a string, and the string itself where nothing does. */
export interface StringEdits {
  /** Of a string that is a secret by its name. */
  readonly secret: (value: string) => string;
  /** Of any other that may hold JSON of its own. */
  readonly inner: (value: string) => string;
}

/**
 * Edits the strings of JSON where they stand: what is around them stays byte for byte. A list of that name, or a map that is called secrets,
 * tokens and the like, is secret with all that is in it. Also finds JSON within other text (a page, an event stream). Takes time in
 * proportion to the text.
 */
export const editJson = (text: string, edits: StringEdits): string => editMembers(editTree(text, edits), edits);

function editTree(text: string, edits: StringEdits): string {
  // Unrolled: an alternation for each character would need stack for each.
  const token = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]|-?\d[\d.eE+-]*|"/gs;
  const colon = /\s*:/y;
  const bags: boolean[] = [];
  let name: string | null = null;
  let out = '';
  let done = 0;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const [piece] = found;
    const bag = bags.at(-1) === true;
    if (piece === '{' || piece === '[') {
      bags.push(bag || (name !== null && (piece === '[' ? isSecretName(name) || isSecretBag(name) : isSecretBag(name))));
      name = null;
    } else if (piece === '}' || piece === ']') {
      bags.pop();
      name = null;
    } else if (piece === ',') name = null;
    else if (piece === '"') break;
    else {
      const isString = piece.startsWith('"');
      colon.lastIndex = token.lastIndex;
      if (isString && colon.test(text)) {
        name = unescaped(piece);
        continue;
      }
      const secret = bag || (name !== null && isSecretName(name));
      const edited = !isString ? (secret && name !== null && isSecretNumber(name) ? '0' : piece) : editString(piece, secret, edits);
      if (edited === piece) continue;
      out += text.slice(done, found.index) + edited;
      done = token.lastIndex;
    }
  }
  return out + text.slice(done);
}

function editString(piece: string, secret: boolean, edits: StringEdits): string {
  if (!secret && !piece.includes(String.raw`\"`)) return piece;
  const value = unescaped(piece);
  const edited = secret ? edits.secret(value) : edits.inner(value);
  return edited === value ? piece : JSON.stringify(edited);
}

/**
 * What the walk has missed, where a quote in the text around stood for none of JSON's. A name is bounded: where every quote could begin one,
 * each would be read to the end.
 */
const member = /"((?:[^"\\]|\\.){0,200})"(\s*:\s*)("[^"\\]*(?:\\.[^"\\]*)*")/gs;
const editMembers = (text: string, edits: StringEdits): string =>
  text.replaceAll(member, (whole: string, name: string, sign: string, value: string) =>
    isSecretName(name) ? `"${name}"${sign}${editString(value, true, edits)}` : whole,
  );

function unescaped(piece: string): string {
  try {
    return JSON.parse(piece) as string;
  } catch {
    return piece.slice(1, -1);
  }
}
