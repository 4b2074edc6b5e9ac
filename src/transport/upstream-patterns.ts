/** Stands for many names: `*` is any text without `/` and `:`. In a URL, `{port}` is the port of production. */
interface Pattern<T> {
  readonly test: RegExp;
  /** Characters that are no `*`: the more, the more specific. */
  readonly weight: number;
  readonly target: T;
}

/** What is known of upstreams by patterns of their names, such as `shop/*`, the most specific first. `*` alone is no pattern: it is everything. */
export class UpstreamPatterns<T> {
  readonly #patterns: readonly Pattern<T>[];

  constructor(targets: Iterable<readonly [string, T]>) {
    this.#patterns = [...targets]
      .filter(([name]) => name !== '*' && name.includes('*'))
      .map(([name, target]) => ({ test: patternOf(name), weight: name.replaceAll('*', '').length, target }))
      .toSorted((a, b) => b.weight - a.weight);
  }

  /** `names`: every way in which a configuration writes an upstream. */
  find(names: readonly string[]): T | undefined {
    return this.#patterns.find(({ test }) => names.some((name) => test.test(name)))?.target;
  }
}

/** Runs of `*` cannot meet, so that nothing is tried twice. */
const patternOf = (name: string): RegExp =>
  new RegExp(
    `^${name
      .replaceAll(/\*+/g, '*')
      .replaceAll(/[$()+.?[\\\]^{|}]/g, String.raw`\$&`)
      .replaceAll('*', '[^/:]*')}$`,
  );

/** The URL with the port of production, as `names` or the address of production say it. */
export function fillPort(url: string, names: readonly string[], production: string): string {
  if (!url.includes('{port}')) return url;
  const port = names.map((name) => /:(\d+)$/.exec(name)?.[1]).find((one) => one !== undefined) ?? portOf(production);
  return url.replaceAll('{port}', port);
}

function portOf(production: string): string {
  const { port = '', protocol = '' } = URL.parse(production) ?? {};
  return port || (protocol === 'https:' ? '443' : '80');
}
