import type { Setting } from '../../../sources/setting.ts';
import { plain } from '../../../sources/tree.ts';

/** A JSON Schema of draft 4 that stands by itself: what it refers to is among its own `definitions`. */
export type ModelSchema = Readonly<Record<string, unknown>>;

/** The models of an API. */
export interface Models {
  /** The model of a body: a schema, or a reference to one. The same object for the same reference. */
  readonly of: (schema: Setting) => ModelSchema;
  /** What is left of the models when all methods are read. */
  readonly settleRest: () => void;
}

interface Model {
  schema: unknown;
  readonly refersTo: Set<string>;
}

const schemas: ReadonlySet<string> = new Set(['not', 'items', 'additionalItems', 'additionalProperties']);
const lists: ReadonlySet<string> = new Set(['allOf', 'anyOf', 'oneOf']);
const maps: ReadonlySet<string> = new Set(['properties', 'patternProperties', 'definitions']);
/** Keywords that say something about a value by themselves, each with the sort of value that it takes. */
const plainKeywords: Readonly<Record<string, (value: unknown) => boolean>> = {
  type: (value) => typeof value === 'string' || Array.isArray(value),
  enum: Array.isArray,
  required: Array.isArray,
  pattern: (value) => typeof value === 'string',
  format: (value) => value === 'date-time',
  uniqueItems: (value) => typeof value === 'boolean',
  exclusiveMinimum: (value) => typeof value === 'boolean',
  exclusiveMaximum: (value) => typeof value === 'boolean',
  ...Object.fromEntries(
    ['multipleOf', 'minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems', 'minProperties', 'maxProperties'].map((key) => [
      key,
      (value: unknown): boolean => typeof value === 'number',
    ]),
  ),
};
const whyNot = (key: string): string =>
  key === 'nullable' || key === 'discriminator' ? `models of API Gateway know no ${key}` : 'says nothing that a body is held against in draft 4';

/**
 * The models of a document as API Gateway keeps them: JSON Schema of draft 4. A reference names a model by `#/components/schemas/`, `#/definitions/`
 * or its address; other pointers lead into the model that they stand in. Source: recorded imports.
 */
export function modelsOf(document: Setting): Models {
  const known = new Map<string, Model>();
  const bundles = new Map<string, ModelSchema>();
  const places = [document.get('components').get('schemas'), document.get('definitions')];
  const named = (name: string): Setting | undefined => places.map((place) => place.get(name)).find((one) => one.exists);

  const read = (name: string, root: Setting): Model => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const model: Model = { schema: {}, refersTo: new Set() };
    if (name !== '') known.set(name, model);
    model.schema = schemaOf(root, { model, name, root });
    return model;
  };
  const schemaOf = (setting: Setting, within: Within): unknown => {
    if (setting.kind !== 'map') return typeof setting.value() === 'boolean' ? setting.value() : {};
    if (setting.get('$ref').exists) return reference(setting, within);
    const schema: Record<string, unknown> = {};
    for (const key of setting.keys()) {
      const value = memberOf(key, setting.get(key), within);
      if (value !== undefined) schema[key] = value;
    }
    return schema;
  };
  const memberOf = (key: string, value: Setting, within: Within): unknown => {
    const each = (one: Setting): unknown => schemaOf(one, within);
    if (lists.has(key) || (key === 'items' && value.kind === 'list')) return value.items().map(each);
    if (schemas.has(key)) return each(value);
    if (maps.has(key)) return Object.fromEntries(value.entries().map(([name, one]) => [name, each(one)]));
    if (key === 'dependencies')
      return Object.fromEntries(value.entries().map(([name, one]) => [name, one.kind === 'list' ? one.value() : each(one)]));
    const takes = plainKeywords[key];
    const plain = takes === undefined ? undefined : plainOf(value);
    if (takes?.(plain) === true) return (value.settle(), plain);
    value.ignored(whyNot(key));
    return undefined;
  };
  const reference = (setting: Setting, { model, name, root }: Within): unknown => {
    const ref = setting.get('$ref');
    const text = ref.string() ?? '';
    for (const key of setting.keys()) if (key !== '$ref') setting.get(key).ignored('does not count beside a reference');
    const [, local] = /^#(?:\/definitions\/([^/]+))?/.exec(text) ?? [];
    const target = /^#\/(?:components\/schemas|definitions)\/([^/]+)$/.exec(text)?.[1] ?? /\/restapis\/[^/]+\/models\/([^/]+)$/.exec(text)?.[1];
    const other = target === undefined || (local !== undefined && root.get('definitions').get(local).exists) ? undefined : decoded(target);
    const found = other === undefined ? undefined : named(other);
    if (other !== undefined && found !== undefined) {
      model.refersTo.add(other);
      read(other, found);
      return { $ref: `#/definitions/${encoded(other)}` };
    }
    if (text.startsWith('#') && !text.startsWith('#/components/') && stands(root, text))
      return { $ref: `#/definitions/${encoded(name)}${text.slice(1)}` };
    ref.warning(
      'DG1205',
      `there is no model ${text}`,
      'expected #/components/schemas/NAME of this document; API Gateway makes the method without it',
    );
    return {};
  };

  const bundle = (name: string, root: Setting): ModelSchema => {
    const model = read(name, root);
    const definitions = new Map([[name, model.schema]]);
    const open = [...model.refersTo];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (definitions.has(next)) continue;
      const one = known.get(next) as Model;
      definitions.set(next, one.schema);
      open.push(...one.refersTo);
    }
    return { $ref: `#/definitions/${encoded(name)}`, definitions: Object.fromEntries(definitions) };
  };
  return {
    of(schema) {
      const ref = schema.get('$ref').string() ?? '';
      const name = decoded(/\/([^/]+)$/.exec(ref)?.[1] ?? '');
      const root = name === '' ? undefined : named(name);
      if (root === undefined) return bundle('', schema);
      const found = bundles.get(name) ?? bundle(name, root);
      bundles.set(name, found);
      return found;
    },
    settleRest() {
      for (const [name, model] of places.flatMap((place) => place.entries()))
        if (!known.has(name)) model.leftToOthers('no body is held against this model');
    },
  };
}

interface Within {
  readonly model: Model;
  readonly name: string;
  /** The schema of the model, which its own pointers lead into. */
  readonly root: Setting;
}

const decoded = (name: string): string => (/%[0-9a-f]{2}/i.test(name) ? safely(name) : name).replaceAll('~1', '/').replaceAll('~0', '~');
const safely = (name: string): string => {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
};
const encoded = (name: string): string => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));

function stands(root: Setting, pointer: string): boolean {
  let at = root.tree;
  for (const part of pointer.split('/').slice(1)) {
    const key = decoded(part);
    at = at?.kind === 'map' ? at.entries.get(key)?.value : at?.kind === 'list' ? at.items[Number(key)] : undefined;
  }
  return at !== undefined;
}

/** The value of a keyword, without settling it. */
function plainOf(setting: Setting): unknown {
  const { tree } = setting;
  return tree === undefined ? undefined : plain(tree);
}
