import type { Exchange } from '../../../engine/exchange.ts';
import { decodeArgs, type Args, type ArgValue } from '../args.ts';
import { compileExpression, notRun, type Environment, type RequestTables } from '../lua/compile.ts';
import { stringLibrary } from '../lua/string-library.ts';
import {
  bounded,
  isTrue,
  listOf,
  LuaError,
  LuaNotRun,
  LuaSyntaxError,
  tableOf,
  toNumber,
  toText,
  typeOf,
  type LuaTable,
  type LuaValue,
} from '../lua/values.ts';
import type { UntrustedLua } from '../node-settings.ts';
import { sharedOf } from '../shared-context.ts';

/** The text for one request, as bytes. @throws LuaError where Lua would stop: Kong answers 500 then. */
export type Template = (tables: RequestTables) => string;

const tables: ReadonlySet<string> = new Set(['headers', 'query_params', 'uri_captures', 'shared']);

/**
 * Compiles `text $(headers.x) text` (Penlight's pl.template, as Kong's request-transformer uses it). @throws LuaSyntaxError, and
 * LuaNotRun for what is not run here.
 */
export function compileTemplate(source: string, lua: UntrustedLua): Template {
  const text = Buffer.from(source).toString('latin1');
  if (lua.mode === 'off') {
    if (!/\$\(.*\)/.test(text)) return () => text;
    return () => {
      throw new LuaError("loading of untrusted Lua code disabled because 'untrusted_lua' config option is set to 'off'");
    };
  }
  const parts: (string | Template)[] = [];
  const environment = environmentOf(lua);
  let done = 0;
  for (let at = text.indexOf('$('); at >= 0; at = text.indexOf('$(', at + 1)) {
    const end = closing(text, at + 1);
    if (end < 0) continue;
    parts.push(text.slice(done, at), compilePart(text.slice(at + 2, end), at + 2, environment));
    at = end;
    done = end + 1;
  }
  if (parts.length === 0) return () => text;
  parts.push(text.slice(done));
  return (request) => bounded(parts.map((part) => (typeof part === 'string' ? part : part(request))).join(''));
}

function compilePart(text: string, at: number, environment: Environment): Template {
  try {
    const run = compileExpression(text, environment, tables);
    return (request) => {
      const value = run(request);
      return isTrue(value) ? toText(value) : '';
    };
  } catch (error) {
    if (!(error instanceof LuaSyntaxError)) throw error;
    const place = `${error.message} (character ${at + error.at + 1})`;
    throw error instanceof LuaNotRun ? new LuaNotRun(place, error.at) : new LuaSyntaxError(place, error.at);
  }
}

/** Where the parenthesis at `open` is closed, quotes or not (Lua's `%b()`); -1: nowhere. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    else if (text[at] === ')') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

const library: Environment = new Map<string, LuaValue | typeof notRun>([
  ['type', ([value]) => [typeOf(value)]],
  ['tostring', ([value]) => [toText(value)]],
  ['tonumber', ([value]) => [toNumber(value)]],
  ['string', tableOf(stringLibrary)],
]);
/** What else there is in Kong once the sandbox is left. */
const beyond =
  'assert error ipairs next pairs pcall select unpack xpcall coroutine math os table io debug bit jit package ngx kong require load loadstring setmetatable getmetatable rawget rawset rawequal _G _VERSION ndk cjson'.split(
    ' ',
  );
const sandboxed: Environment = new Map<string, LuaValue | typeof notRun>([
  ['type', library.get('type')],
  ['require', notRun],
]);

/** By default an expression can call `type` and the methods of texts, and no more (kong.tools.sandbox). */
function environmentOf({ mode, environment }: UntrustedLua): Environment {
  if (mode === 'on') return new Map([...beyond.map((name) => [name, notRun] as const), ...library]);
  if (environment.length === 0) return sandboxed;
  const names = new Map(sandboxed);
  for (const name of environment) {
    const [first = '', second, ...more] = name.split('.');
    if (second === undefined) names.set(first, library.get(first) ?? notRun);
    else names.set(first, first === 'string' && more.length === 0 && stringLibrary.has(second) ? tableOf(stringLibrary) : notRun);
  }
  return names;
}

/** A request as expressions read it: each table as it is when one first does. */
export interface RequestView {
  readonly tables: RequestTables;
  query(): Args;
}

export function viewOf(exchange: Exchange): RequestView {
  const made = new Map<string, LuaTable>();
  let args: Args | undefined;
  const query = (): Args => (args ??= decodeArgs(exchange.query));
  const make = (name: string): LuaTable => {
    if (name === 'headers') return headersTable(exchange);
    if (name === 'query_params') return tableOf(new Map([...query()].map(([key, value]) => [key, fromArg(value)])));
    if (name === 'uri_captures') return capturesTable(exchange);
    return tableOf(sharedOf(exchange));
  };
  const tables = (name: string): LuaTable => {
    let table = made.get(name);
    if (table === undefined) made.set(name, (table = make(name)));
    return table;
  };
  return { tables, query };
}

const fromArg = (value: ArgValue | readonly ArgValue[]): LuaValue => (typeof value === 'object' ? listOf(value) : value);

/** Fields of the request as it is by now; names have any case, and underscores for dashes. */
function headersTable({ outgoing }: Exchange): LuaTable {
  const headers = outgoing.headers.copy();
  const find = (name: string): LuaValue => {
    const all = headers.getAll(name);
    return all.length > 1 ? listOf(all) : all[0];
  };
  return { length: 0, get: (key) => (typeof key === 'string' ? (find(key) ?? find(key.replaceAll('_', '-'))) : undefined) };
}

/** What the path of the route captured: by number, and by name. */
function capturesTable({ params }: Exchange): LuaTable {
  return {
    length: 0,
    get(key) {
      const name = typeof key === 'number' ? String(key) : typeof key === 'string' && !/^\d+$/.test(key) ? key : undefined;
      return name !== undefined && Object.hasOwn(params, name) ? params[name] : undefined;
    },
  };
}
