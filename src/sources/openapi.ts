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
    .flatMap(([path, item]) =>
      item
        .keys()
        .filter((key) => methods.has(key) || key === anyMethod)
        .map((key) => ({ path, method: key === anyMethod ? 'ANY' : key.toUpperCase(), setting: item.get(key), item })),
    );
}
