import type { Exchange } from '../../../engine/exchange.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import type { Fields } from '../../../http/fields.ts';
import type { Setting } from '../../../sources/setting.ts';
import { headerValue } from '../header-value.ts';
import { checkHeaderRename, checkName, checkPair, readNames, readPairs, type Pair, type PairEdits } from './pairs.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';
import { editJson, type JsonEdits, type TypedPair } from './response-transformer-json.ts';

interface HeaderEdits extends PairEdits {
  /** The body will change: its length is not known. */
  readonly changesBody: boolean;
}
const etagSlot: Slot<string> = slot('kong response-transformer etag');
const order = 'the members of JSON stay in their order, where production has that of a Lua table';

/** Source: kong/plugins/response-transformer. Order: remove, rename, replace, add, append. */
export const responseTransformer: KongPlugin = definePlugin<never, HeaderEdits, JsonEdits>({
  name: 'response-transformer',
  read(config) {
    const headers = (verb: string): Pair[] => readPairs(config.get(verb).get('headers'), verb === 'rename' ? checkHeaderRename : checkPair);
    const edits: JsonEdits = {
      remove: readNames(config.get('remove').get('json').approximately(order), checkName),
      rename: readPairs(config.get('rename').get('json').approximately(order), checkPair),
      replace: readTyped(config.get('replace')),
      add: readTyped(config.get('add')),
      append: readTyped(config.get('append')),
    };
    const changesBody = [edits.remove, edits.rename, edits.replace, edits.add, edits.append].some((one) => one.length > 0);
    return {
      headerFilter: {
        remove: readNames(config.get('remove').get('headers'), checkName),
        rename: headers('rename'),
        replace: headers('replace'),
        add: headers('add'),
        append: headers('append'),
        changesBody,
      },
      ...(changesBody ? { bodyFilter: edits } : {}),
    };
  },
  headerFilter: (edits) => (exchange) => {
    if (exchange.response === null) return undefined;
    editHeaders(exchange.response.headers, edits);
    if (edits.changesBody && isJson(exchange)) {
      exchange.response.headers.remove('content-length');
      const etag = exchange.response.headers.get('etag');
      if (etag !== undefined) exchange.write(etagSlot, etag);
    }
    return undefined;
  },
  bodyFilter: (edits) => ({
    limit: 10 * 1024 * 1024,
    unsized: true,
    // Kong does not undo codings: what is compressed is no JSON to it.
    need: (exchange) => (isJson(exchange) && !isCoded(exchange) ? 'whole' : 'none'),
    whole(exchange, body) {
      const etag = exchange.read(etagSlot);
      if (etag !== undefined) exchange.response?.headers.set('ETag', etag);
      return editJson(body, edits) ?? body;
    },
  }),
});

const isCoded = ({ response }: Exchange): boolean => (response?.headers.joined('content-encoding') ?? 'identity').toLowerCase() !== 'identity';

/** `application/json`, or any with `+json`; one of several is enough. */
const isJson = ({ response }: Exchange): boolean =>
  (response?.headers.get('content-type') ?? '').split(',').some((one) => /^\s*application\/(?:[^\s;/]+\+)?json\s*(?:;|$)/i.test(one));

/** Source: header_transformer.lua: what is there is decided by the fields as they came, whatever was done to them meanwhile. */
function editHeaders(headers: Fields, edits: PairEdits): void {
  const came = headers.copy();
  for (const name of edits.remove) headers.remove(fieldName(name));
  for (const [from, to] of edits.rename) {
    const values = came.getAll(fieldName(from));
    if (values.length === 0 || to === '') continue;
    setField(headers, to, values);
    headers.remove(fieldName(from));
  }
  for (const [name, value] of edits.replace) if (value !== '' && came.has(fieldName(name))) setField(headers, name, [value]);
  for (const [name, value] of edits.add) if (value !== '' && !came.has(fieldName(name))) setField(headers, name, [value]);
  for (const [name, value] of edits.append) if (value !== '') headers.append(fieldName(name), fieldValue(value));
}

/** nginx writes dashes for underscores (lua_transform_underscores_in_response_headers). */
const fieldName = (name: string): string => name.replaceAll('_', '-');
const fieldValue = (text: string): string => headerValue(Buffer.from(text).toString('latin1'));

/** What is set to nothing is not sent, and how a body is framed is not for a plugin to say. */
function setField(headers: Fields, name: string, values: readonly string[]): void {
  const field = fieldName(name);
  if (field.toLowerCase() === 'transfer-encoding') return;
  headers.remove(field);
  for (const value of values) if (value !== '') headers.append(field, headerValue(value));
}

/** `json` beside `json_types`, by their places. */
function readTyped(setting: Setting): TypedPair[] {
  const types = setting
    .get('json_types')
    .approximately(order)
    .items()
    .map((one) => one.oneOf('boolean', 'number', 'string') ?? null);
  return readPairs(setting.get('json').approximately(order), checkPair).map(([name, text], index) => ({ name, text, type: types[index] ?? null }));
}
