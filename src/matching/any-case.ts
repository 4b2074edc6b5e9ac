/** Letters that have another case, as characters; found once, when the first expression asks for any case. */
let cased: readonly string[] | null = null;
function casedLetters(): readonly string[] {
  if (cased !== null) return cased;
  const hasCase = new RegExp('^[\\p{Changes_When_Casemapped}\\p{Changes_When_Casefolded}]$', 'v');
  const found: string[] = [];
  // No script with cases stands above these.
  for (let code = 0; code < 0x1f_000; code += 1) {
    const letter = String.fromCodePoint(code);
    if (hasCase.test(letter)) found.push(letter);
  }
  return (cased = found);
}

const known = new Map<string, string>();

/**
 * What matches one character (a letter, a class, a property) so that it matches in any case: the engine's own flag holds for a whole
 * expression only, before V8 knew `(?i:...)`.
 */
export function anyCase(atom: string): string {
  const before = known.get(atom);
  if (before !== undefined) return before;
  const [exact, folded] = [new RegExp(`^${atom}$`, 'v'), new RegExp(`^${atom}$`, 'vi')];
  let [more, less] = ['', ''];
  for (const letter of casedLetters()) {
    const is = exact.test(letter);
    if (is === folded.test(letter)) continue;
    if (is) less += letter;
    else more += letter;
  }
  const whole = more === '' ? atom : `[${atom}${more}]`;
  const made = less === '' ? whole : `[${whole.startsWith('[') ? whole : `[${whole}]`}--[${less}]]`;
  if (known.size < 1_000) known.set(atom, made);
  return made;
}
