import type { Exchange } from '../../../engine/exchange.ts';
import { formatQuery, parseQuery } from '../../../http/query.ts';
import type { Setting } from '../../../sources/setting.ts';
import { upstreamSlot } from '../upstream-request.ts';
import { readPairs, type Pair, type PairEdits } from './pairs.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';
import { compileTemplate, type Template } from './template.ts';

interface Transformer {
  readonly method: string;
  readonly uri: string;
  readonly headers: PairEdits;
  readonly querystring: PairEdits;
  readonly body: PairEdits;
}
const verbs = ['rename', 'replace', 'add', 'append'] as const;

/** Source: kong/plugins/request-transformer/access.lua. Order: remove, rename, replace, add, append. */
export const requestTransformer: KongPlugin = definePlugin<Transformer>({
  name: 'request-transformer',
  read(config) {
    const of = (place: string): PairEdits => {
      const edits = { remove: config.get('remove').get(place).strings() } as Record<string, unknown>;
      for (const verb of verbs)
        edits[verb] = readPairs(config.get(verb).get(place)).filter(([, value]) => compiles(config.get(verb).get(place), value));
      return edits as unknown as PairEdits;
    };
    const uri = config.get('replace').get('uri').string() ?? '';
    compiles(config.get('replace').get('uri'), uri);
    return {
      access: {
        method: config.get('http_method').string()?.toUpperCase() ?? '',
        uri,
        headers: of('headers'),
        querystring: of('querystring'),
        body: of('body'),
      },
    };
  },
  access(options) {
    const uri = options.uri === '' ? null : compileTemplate(options.uri);
    const headers = headerEditor(options.headers);
    const querystring = options.querystring;
    const editQuery = isEmpty(querystring) ? null : queryEditor(querystring);
    const editBody = isEmpty(options.body) ? null : bodyEditor(options.body);
    return (exchange) => {
      if (uri !== null) {
        const upstream = exchange.read(upstreamSlot);
        const path = uri(exchange);
        if (upstream !== undefined && path !== undefined) upstream.path = path;
      }
      headers(exchange);
      if (editQuery !== null) exchange.query = editQuery(exchange);
      const changed = options.method === '' ? undefined : options.method;
      if (changed !== undefined) exchange.method = changed;
      return editBody === null ? undefined : editBody(exchange);
    };
  },
});

/** Whether a value is a template that can be run; says so over its place where it is none. */
function compiles(setting: Setting, value: string): boolean {
  try {
    compileTemplate(value);
    return true;
  } catch (error) {
    setting.approximately('Lua expressions are not run: this one is left out').strings();
    setting.warning('DG1208', (error as Error).message, 'expected headers, query_params or uri_captures');
    return false;
  }
}

const isEmpty = (edits: PairEdits): boolean => edits.remove.length === 0 && verbs.every((verb) => edits[verb].length === 0);
const compiled = (pairs: readonly Pair[]): { name: string; nameOf: Template; value: Template }[] =>
  pairs.map(([name, value]) => ({ name, nameOf: compileTemplate(name), value: compileTemplate(value) }));

function headerEditor(edits: PairEdits): (exchange: Exchange) => void {
  const [replace, add, append] = [edits.replace, edits.add, edits.append].map(compiled) as [
    ReturnType<typeof compiled>,
    ReturnType<typeof compiled>,
    ReturnType<typeof compiled>,
  ];
  return (exchange) => {
    const { headers } = exchange.outgoing;
    const setHeader = (name: string, value: string): void => {
      if (name.toLowerCase() === 'host') {
        const upstream = exchange.read(upstreamSlot);
        if (upstream !== undefined) upstream.host = value;
      } else headers.set(name, value.replaceAll(/[\r\n\0]/g, ''));
    };
    for (const name of edits.remove) headers.remove(name);
    for (const [from, to] of edits.rename) {
      const value = headers.get(from);
      if (value === undefined) continue;
      headers.remove(from);
      setHeader(to, value);
    }
    for (const { name, value } of replace) {
      const made = value(exchange);
      if (made !== undefined && (headers.has(name) || name.toLowerCase() === 'host')) setHeader(name, made);
    }
    for (const { name, value } of add) {
      const made = value(exchange);
      if (made !== undefined && !headers.has(name)) setHeader(name, made);
    }
    for (const { name, value } of append) {
      const made = value(exchange);
      if (made !== undefined) headers.append(name, made.replaceAll(/[\r\n\0]/g, ''));
    }
  };
}

function queryEditor(edits: PairEdits): (exchange: Exchange) => string {
  const [replace, add, append] = [edits.replace, edits.add, edits.append].map(compiled) as [
    ReturnType<typeof compiled>,
    ReturnType<typeof compiled>,
    ReturnType<typeof compiled>,
  ];
  return (exchange) => {
    let pairs = parseQuery(exchange.query).filter(([name]) => !edits.remove.includes(name));
    const has = (name: string): boolean => pairs.some(([key]) => key === name);
    for (const [from, to] of edits.rename) pairs = pairs.map(([name, value]) => [name === from ? to : name, value]);
    for (const { name, value } of replace) if (has(name)) pairs = [...pairs.filter(([key]) => key !== name), [name, value(exchange) ?? '']];
    for (const { name, value } of add) if (!has(name)) pairs.push([name, value(exchange) ?? '']);
    for (const { name, value } of append) pairs.push([name, value(exchange) ?? '']);
    return formatQuery(pairs);
  };
}

type Members = Record<string, unknown>;

function bodyEditor(edits: PairEdits): (exchange: Exchange) => Promise<undefined> | undefined {
  const [replace, add, append] = [edits.replace, edits.add, edits.append].map(compiled) as [
    ReturnType<typeof compiled>,
    ReturnType<typeof compiled>,
    ReturnType<typeof compiled>,
  ];
  const edit = (members: Members, exchange: Exchange): void => {
    for (const name of edits.remove) delete members[name];
    for (const [from, to] of edits.rename) {
      if (members[from] === undefined) continue;
      members[to] = members[from];
      delete members[from];
    }
    for (const { name, value } of replace) if (members[name] !== undefined) members[name] = value(exchange);
    for (const { name, value } of add) if (members[name] === undefined) members[name] = value(exchange);
    for (const { name, value } of append) {
      const before = members[name];
      members[name] = before === undefined ? [value(exchange)] : [...(Array.isArray(before) ? (before as unknown[]) : [before]), value(exchange)];
    }
  };
  return (exchange) => {
    const type = exchange.arrived.headers.get('content-type') ?? '';
    const isJson = /^application\/json/i.test(type);
    const isForm = /^application\/x-www-form-urlencoded/i.test(type);
    if (!isJson && !isForm) return undefined;
    return exchange.body.whole(10 * 1024 * 1024).then((bytes) => {
      const text = bytes.toString('utf8');
      if (isForm) {
        const members: Members = Object.fromEntries(parseQuery(text));
        edit(members, exchange);
        exchange.body.replace(
          Buffer.from(
            formatQuery(
              Object.entries(members).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => [name, String(one)] as const)),
            ),
          ),
        );
        return undefined;
      }
      try {
        const members: unknown = text === '' ? {} : JSON.parse(text);
        if (members === null || typeof members !== 'object') return undefined;
        edit(members as Members, exchange);
        exchange.body.replace(Buffer.from(JSON.stringify(members)));
      } catch {
        return undefined;
      }
      return undefined;
    });
  };
}
