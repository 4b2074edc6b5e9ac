/** What every text begins with that a regular expression matches from its start: plain ASCII, which is the same in bytes; empty where it is not plain to see. */
export function startOf(source: string): string {
  if (source.includes('|')) return '';
  const [plain = ''] = /^[\w/~!@#%&=:;,'" -]*/.exec(source) ?? [];
  // What is repeated may be absent.
  return /^[*+?{]/.test(source.slice(plain.length)) ? plain.slice(0, -1) : plain;
}
