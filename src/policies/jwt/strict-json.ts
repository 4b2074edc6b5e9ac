const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * A JSON object from bytes, or undefined: no broken UTF-8, no byte order mark, and no member twice at any depth, because
 * readers disagree about which of the two counts (RFC 8725 section 2.4).
 */
export function strictJsonObject(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const text = utf8.decode(bytes);
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) && !repeatsMember(text)
      ? (value as Readonly<Record<string, unknown>>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Walks over a text that is known to be JSON. Names are compared as they are meant, with their escapes undone. */
function repeatsMember(text: string): boolean {
  const open: (Set<string> | null)[] = [];
  let name: string | null = null;
  for (let at = 0; at < text.length; at += 1) {
    switch (text[at]) {
      case '"': {
        const from = at;
        for (at += 1; text[at] !== '"'; at += 1) if (text[at] === '\\') at += 1;
        name = text.slice(from, at + 1);
        break;
      }
      case ':': {
        const names = open.at(-1);
        const meant = JSON.parse(name as string) as string;
        if (names?.has(meant)) return true;
        names?.add(meant);
        break;
      }
      case '{':
        open.push(new Set());
        break;
      case '[':
        open.push(null);
        break;
      case '}':
      case ']':
        open.pop();
        break;
      default:
    }
  }
  return false;
}
