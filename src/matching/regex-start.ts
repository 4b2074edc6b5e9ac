/** What every text begins with that a regular expression matches from its start; empty where that is not plain to see. */
export function startOf(source: string): string {
  if (source.includes('|')) return '';
  const [plain = ''] = /^[^\\^$.[\](){}*+?]*/.exec(source) ?? [];
  // What is repeated may be absent.
  return /^[*+?{]/.test(source.slice(plain.length)) ? plain.slice(0, -1) : plain;
}
