/** One request of a README and what must be found in its answer. */
export interface Exchange {
  readonly command: string;
  readonly url: string;
  readonly method: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | undefined;
  readonly expected: readonly string[];
}

/** The ```console blocks of a README: `$ curl ...`, then lines that its answer must hold. */
export function transcriptOf(markdown: string): Exchange[] {
  const blocks = [...markdown.matchAll(/^```console\n(.*?)^```/gms)].map((match) => match[1] as string);
  return blocks.flatMap((block) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const [command = '', ...expected] = part.trim().split('\n');
        return { ...curl(command), expected: expected.filter((line) => line !== '') };
      }),
  );
}

function curl(command: string): Omit<Exchange, 'expected'> {
  const words = [...command.matchAll(/'([^']*)'|(\S+)/g)].map((match) => match[1] ?? (match[2] as string));
  const headers: [string, string][] = [];
  let [url, method, body]: [string, string | undefined, string | undefined] = ['', undefined, undefined];
  for (let at = 1; at < words.length; at += 1) {
    const word = words[at] as string;
    if (word === '-i') continue;
    if (word === '-H') {
      const [name = '', value = ''] = (words[(at += 1)] as string).split(/: */, 2);
      headers.push([name, value]);
    } else if (word === '-d') body = words[(at += 1)];
    else if (word === '-X') method = words[(at += 1)];
    else if (word.startsWith('-')) throw new Error(`${command}: ${word} is not known here`);
    else url = word;
  }
  return { command, url, method: method ?? (body === undefined ? 'GET' : 'POST'), headers, body };
}
