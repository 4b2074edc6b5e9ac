import type { Setting } from './setting.ts';

/** One operation of an OpenAPI 3 or Swagger 2 document. */
export interface Operation {
  readonly path: string;
  /** Upper-case; the name of the extension where one stands in the place of a method. */
  readonly method: string;
  readonly setting: Setting;
  /** The path item that it stands in. */
  readonly item: Setting;
}

const methods: ReadonlySet<string> = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

/** Every operation, in the order of the document. `anyMethod` names the extension that stands for all methods. */
export function operationsOf(document: Setting, anyMethod: string): Operation[] {
  return document
    .get('paths')
    .entries()
    .map(([path, item]) => [path, referenced(item, document)] as const)
    .flatMap(([path, item]) =>
      item
        .keys()
        .filter((key) => methods.has(key) || key === anyMethod)
        .map((key) => ({ path, method: key === anyMethod ? 'ANY' : key.toUpperCase(), setting: item.get(key), item })),
    );
}

/** What a `$ref` within the document points to; the place itself where it holds none. A reference that leads nowhere gives what is not there. */
export function referenced(setting: Setting, document: Setting): Setting {
  let at = setting;
  for (let depth = 0; depth < 10 && at.get('$ref').exists; depth += 1) {
    const parts = /^#\/(.+)$/.exec(at.get('$ref').string() ?? '')?.[1]?.split('/');
    if (parts === undefined) return at.get('$ref').get('elsewhere');
    at = parts.reduce((place, part) => place.get(part.replaceAll('~1', '/').replaceAll('~0', '~')), document);
  }
  return at;
}

/** The path that stands before all others: of `basePath`, or of the first server. `''` or `/a/b`. */
export function basePathOf(document: Setting): string {
  const server = document.get('servers').items()[0];
  const variables = server?.get('variables');
  const valueOf = (name: string): string | undefined => variables?.get(name).get('default').string();
  const named = valueOf('basePath');
  const url = (server?.get('url').string() ?? '').replaceAll(/\{([^{}]+)\}/g, (_, name: string) => valueOf(name) ?? '');
  const path =
    named ??
    (server === undefined ? (document.get('basePath').string() ?? '') : (/^(?:[a-z][\w+.-]*:)?(?:\/\/[^/?#]*)?([^?#]*)/i.exec(url)?.[1] ?? ''));
  const parts = path.split('/').filter((part) => part !== '');
  return parts.length === 0 ? '' : `/${parts.join('/')}`;
}
