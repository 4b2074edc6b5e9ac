import type { Draft } from '../draft.ts';
import type { Setting } from '../setting.ts';
import type { Made, Tree } from '../tree.ts';

export const integrationKey = 'x-amazon-apigateway-integration';
const anyMethod = 'x-amazon-apigateway-any-method';
const version3 = /^3(?:\.\d)(?:\.\d)?$/;

/** What SAM begins with where no document is given. */
export const skeleton = (version?: string): Made => ({
  ...(version !== undefined && version3.test(version) ? { openapi: version } : { swagger: '2.0' }),
  info: { version: '1.0', title: 'local' },
  paths: {},
});

/** How a method is called in a document. */
export const methodKey = (method: string): string => (method.toLowerCase() === 'any' ? anyMethod : method.toLowerCase());
export const isAnyMethod = (key: string): boolean => key === anyMethod || key.toLowerCase() === 'any';

const textOf = (tree: Tree | undefined): string | undefined => (tree?.kind === 'scalar' && tree.value !== null ? String(tree.value) : undefined);

/** Whether the document is in the language of OpenAPI 3; `flag`: the version that the resource asks for, for a document that names none. */
export function isVersion3(document: Draft, flag?: string): boolean {
  if (textOf(document.get('swagger')) !== undefined) return false;
  return version3.test(textOf(document.get('openapi')) ?? flag ?? '');
}

/** The path items that are maps, as they are to be written. */
export function pathItems(document: Draft): [string, Draft][] {
  if (!document.isMap('paths')) return [];
  const paths = document.below('paths');
  return paths
    .keys()
    .filter((path) => paths.isMap(path))
    .map((path) => [path, paths.below(path)]);
}

/** Every method that has an integration. */
export const methodsOf = (document: Draft): { readonly method: string; readonly operation: Draft }[] =>
  pathItems(document).flatMap(([, item]) =>
    item
      .keys()
      .filter((key) => !['summary', 'description', 'parameters'].includes(key) && item.isMap(key) && item.below(key).has(integrationKey))
      .map((key) => ({ method: methodKey(key), operation: item.below(key) })),
  );

/** In OpenAPI 3 the schemes and the schemas stand below `components`: SAM's stand there in the place of others, which `body` has. */
export function finish(document: Draft, flag: string | undefined, body: Setting): void {
  if (!isVersion3(document, flag)) return;
  for (const [from, to] of [
    ['securityDefinitions', 'securitySchemes'],
    ['definitions', 'schemas'],
  ] as const) {
    const tree = document.get(from);
    if (tree?.kind !== 'map' || tree.entries.size === 0) continue;
    body.get('components').get(to).leftToOthers('what SAM makes stands in its place');
    document.below('components').set(to, tree);
    document.delete(from);
  }
}
