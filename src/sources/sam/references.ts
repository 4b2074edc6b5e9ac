/** What is asked of the template as it is written. */
interface Written {
  readonly typeOf: (id: string) => string | undefined;
  readonly property: (id: string, name: string) => string | undefined;
  readonly arnOf: (id: string) => string;
}

/** Stages of APIs that are there because an event names none. */
const implied: Readonly<Record<string, string>> = { ServerlessRestApi: 'Prod', ServerlessHttpApi: '$default' };

/**
 * What `Ref` gives for something that SAM makes of a resource: `Api.Stage`, `Function.Alias`, `Function.Version`, or by the logical id that the
 * translator gives it (`ApiProdStage`, `FunctionAliaslive`). Undefined for any other name.
 */
export function referenceOfMade(name: string, { typeOf, property, arnOf }: Written): string | undefined {
  const stageOf = (id: string): string | undefined =>
    /^AWS::Serverless::(?:Http)?Api$/.test(typeOf(id) ?? '') ? property(id, 'StageName') : typeOf(id) === undefined ? implied[id] : undefined;
  const aliasOf = (id: string): string | undefined => (typeOf(id) === 'AWS::Serverless::Function' ? property(id, 'AutoPublishAlias') : undefined);
  const [, of = '', member] = /^(\w+)\.(Stage|Alias|Version)$/.exec(name) ?? [];
  if (member === 'Stage') return stageOf(of);
  const alias = aliasOf(of);
  if (member !== undefined) return alias === undefined ? undefined : `${arnOf(of)}:${member === 'Alias' ? alias : '1'}`;
  if (name.endsWith('Stage')) return prefixed(name.slice(0, -5), (id, rest) => (stageOf(id)?.replace('$', '') === rest ? stageOf(id) : undefined));
  return name.includes('Alias')
    ? prefixed(name, (id, rest) => (aliasOf(id) !== undefined && rest === `Alias${aliasOf(id)}` ? `${arnOf(id)}:${aliasOf(id)}` : undefined))
    : undefined;
}

/** The first that is found for a beginning of a name, and what is left of it. */
function prefixed(name: string, find: (id: string, rest: string) => string | undefined): string | undefined {
  for (let at = 1; at < Math.min(name.length, 255); at += 1) {
    const found = find(name.slice(0, at), name.slice(at));
    if (found !== undefined) return found;
  }
  return undefined;
}
