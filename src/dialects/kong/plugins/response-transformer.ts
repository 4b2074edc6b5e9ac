import type { Fields } from '../../../http/fields.ts';
import type { Setting } from '../../../sources/setting.ts';
import { readPairs, type Pair, type PairEdits } from './pairs.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface JsonPair {
  readonly path: readonly string[];
  readonly value: unknown;
}
interface JsonEdits {
  readonly remove: readonly (readonly string[])[];
  readonly rename: readonly Pair[];
  readonly replace: readonly JsonPair[];
  readonly add: readonly JsonPair[];
  readonly append: readonly JsonPair[];
}

/** Source: kong/plugins/response-transformer. Order: remove, rename, replace, add, append. */
export const responseTransformer: KongPlugin = definePlugin<never, PairEdits, JsonEdits>({
  name: 'response-transformer',
  read(config) {
    const headers = (verb: string): Pair[] => readPairs(config.get(verb).get('headers'));
    const edits: JsonEdits = {
      remove: config
        .get('remove')
        .get('json')
        .strings()
        .map((one) => one.split('.')),
      rename: readPairs(config.get('rename').get('json')),
      replace: readJson(config.get('replace')),
      add: readJson(config.get('add')),
      append: readJson(config.get('append')),
    };
    const json = [edits.remove, edits.rename, edits.replace, edits.add, edits.append].some((one) => one.length > 0);
    return {
      headerFilter: {
        remove: config.get('remove').get('headers').strings(),
        rename: headers('rename'),
        replace: headers('replace'),
        add: headers('add'),
        append: headers('append'),
      },
      ...(json ? { bodyFilter: edits } : {}),
    };
  },
  headerFilter: (edits) => (exchange) => {
    const headers = exchange.response?.headers;
    if (headers === undefined) return undefined;
    for (const text of edits.remove) removeHeader(headers, text);
    for (const [from, to] of edits.rename) {
      const values = headers.getAll(from);
      headers.remove(from);
      for (const value of values) headers.append(to, value);
    }
    for (const [name, value] of edits.replace) if (headers.has(name)) headers.set(name, value);
    for (const [name, value] of edits.add) if (!headers.has(name)) headers.append(name, value);
    for (const [name, value] of edits.append) headers.append(name, value);
    return undefined;
  },
  bodyFilter: (edits) => ({
    limit: 10 * 1024 * 1024,
    need: (exchange) => (/^application\/(?:[\w.+-]+\+)?json/i.test(exchange.response?.headers.get('content-type') ?? '') ? 'whole' : 'none'),
    whole(_, body) {
      try {
        const value: unknown = JSON.parse(body.toString('utf8'));
        if (value === null || typeof value !== 'object') return body;
        return Buffer.from(JSON.stringify(transform(value as Record<string, unknown>, edits)));
      } catch {
        return body;
      }
    },
  }),
});

/** `name`, or `name:value` for one value of several; a value between slashes is a pattern, which is not run. */
function removeHeader(headers: Fields, text: string): void {
  const at = text.indexOf(':');
  if (at < 0) {
    headers.remove(text);
    return;
  }
  const [name, value] = [text.slice(0, at).toLowerCase(), text.slice(at + 1).trim()];
  headers.filter((one, found) => one !== name || found !== value);
}

function readJson(setting: Setting): JsonPair[] {
  const types = setting.get('json_types').strings();
  return readPairs(setting.get('json')).map(([name, text], index) => {
    const type = types[index];
    return { path: name.split('.'), value: type === 'number' ? Number(text) : type === 'boolean' ? text === 'true' : text };
  });
}

function transform(value: Record<string, unknown>, edits: JsonEdits): Record<string, unknown> {
  const at = (path: readonly string[], create: boolean): Record<string, unknown> | undefined => {
    let here = value;
    for (const name of path.slice(0, -1)) {
      let next = Object.hasOwn(here, name) ? here[name] : undefined;
      if ((next === null || typeof next !== 'object') && create) next = here[name] = {};
      if (next === null || typeof next !== 'object') return undefined;
      here = next as Record<string, unknown>;
    }
    return here;
  };
  for (const path of edits.remove) {
    const here = at(path, false);
    if (here !== undefined) delete here[path.at(-1) as string];
  }
  for (const [from, to] of edits.rename) {
    if (!Object.hasOwn(value, from)) continue;
    value[to] = value[from];
    delete value[from];
  }
  for (const { path, value: next } of edits.replace) {
    const here = at(path, false);
    if (here !== undefined && Object.hasOwn(here, path.at(-1) as string)) here[path.at(-1) as string] = next;
  }
  for (const { path, value: next } of edits.add) {
    const here = at(path, true);
    if (here !== undefined && !Object.hasOwn(here, path.at(-1) as string)) here[path.at(-1) as string] = next;
  }
  for (const { path, value: next } of edits.append) {
    const here = at(path, true);
    if (here === undefined) continue;
    const name = path.at(-1) as string;
    const before = Object.hasOwn(here, name) ? here[name] : undefined;
    here[name] = before === undefined ? [next] : [...(Array.isArray(before) ? (before as unknown[]) : [before]), next];
  }
  return value;
}
