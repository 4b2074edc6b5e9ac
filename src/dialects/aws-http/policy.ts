interface Statement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** `*` is any text, slashes too, `?` one character. Linear in the text for each star. */
export function matchesWildcard(pattern: string, text: string): boolean {
  let [at, from, star, mark] = [0, 0, -1, 0];
  while (from < text.length) {
    if (pattern[at] === '*') [star, mark, at] = [at, from, at + 1];
    else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[from])) [at, from] = [at + 1, from + 1];
    else if (star >= 0) [at, mark, from] = [star + 1, mark + 1, mark + 1];
    else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

/** Whether a policy document lets a caller invoke this ARN: a deny stands above every allow. Undefined: it is no policy. */
export function allows(policy: unknown, arn: string): boolean | undefined {
  const statements = (policy as { readonly Statement?: unknown } | null | undefined)?.Statement;
  if (statements === undefined || typeof statements !== 'object' || statements === null) return undefined;
  let allowed = false;
  for (const statement of listOf(statements) as (Statement | null)[]) {
    const actions = listOf(statement?.Action).map((one) => String(one).toLowerCase());
    const resources = listOf(statement?.Resource).map(String);
    if (!actions.some((one) => matchesWildcard(one, 'execute-api:invoke')) || !resources.some((one) => matchesWildcard(one, arn))) continue;
    if (statement?.Effect !== 'Allow') return false;
    allowed = true;
  }
  return allowed;
}
