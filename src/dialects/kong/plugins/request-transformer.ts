import type { Exchange } from '../../../engine/exchange.ts';
import { refuse, type Outcome } from '../../../engine/outcome.ts';
import type { Setting } from '../../../sources/setting.ts';
import { decodeArgs, encodeSorted, type Args } from '../args.ts';
import { kongExit } from '../faults.ts';
import { LuaError, LuaNotRun, LuaSyntaxError } from '../lua/values.ts';
import type { NodeSettings, UntrustedLua } from '../node-settings.ts';
import { rawBody } from '../raw-body.ts';
import { upstreamSlot } from '../upstream-request.ts';
import { checkHeaderName, checkHeaderRename, checkHeaderValue, checkName, checkValue, readNames, readPairs, splitPair } from './pairs.ts';
import type { Pair, PairEdits, verbs } from './pairs.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';
import { bodyKind, editBody, editQuery, type BodyKind } from './request-transformer-body.ts';
import { compileEdits, compileOrStop } from './request-transformer-edits.ts';
import { editHeaders } from './request-transformer-headers.ts';
import { compileTemplate, viewOf, type RequestView } from './template.ts';

interface Transformer {
  readonly method: string;
  readonly uri: string;
  readonly headers: PairEdits;
  readonly querystring: PairEdits;
  readonly body: PairEdits;
  readonly lua: UntrustedLua;
  readonly bodyBuffer: number;
}
/** What nginx lets a plugin make of a method (kong.service.request.set_method). */
const methods: readonly string[] = 'GET HEAD PUT POST DELETE OPTIONS MKCOL COPY MOVE PROPFIND PROPPATCH LOCK UNLOCK PATCH TRACE'.split(' ');
const unexpected = refuse(kongExit(500, { message: 'An unexpected error occurred' }));

/** Source: kong/plugins/request-transformer/access.lua and schema.lua. Order: remove, rename, replace, add, append. */
export const requestTransformer: KongPlugin = definePlugin<Transformer>({
  name: 'request-transformer',
  read(config, { node }) {
    const method = config.get('http_method').string() ?? '';
    if (method !== '' && !/^[A-Z]+$/.test(method))
      config.get('http_method').problem('DG1203', `${config.get('http_method').name}: invalid value: ${method}`, 'expected a method in capitals');
    const uri = config.get('replace').get('uri');
    checkTemplate(uri, uri.string() ?? '', node.lua, false);
    return {
      access: {
        method,
        uri: uri.string() ?? '',
        headers: readEdits(config, 'headers', node),
        querystring: readEdits(config, 'querystring', node),
        body: readEdits(config, 'body', node),
        lua: node.lua,
        bodyBuffer: node.bodyBuffer,
      },
    };
  },
  access({ method, uri, lua, bodyBuffer, ...options }) {
    const path = uri === '' ? null : compileOrStop(uri, lua);
    const headers = compileEdits(options.headers, lua);
    const querystring = compileEdits(options.querystring, lua);
    const body = compileEdits(options.body, lua);
    const takesForm = method === 'GET' || method === 'HEAD' || method === 'TRACE';

    const start = (exchange: Exchange): Outcome | Promise<Outcome> => {
      const view = viewOf(exchange);
      if (path !== null) setPath(exchange, path(view.tables));
      if (method !== '') setMethod(exchange, method);
      if (!takesForm || kindOf(exchange) !== 'form') return goOn(exchange, view);
      return rawBody(exchange, bodyBuffer).then((form) => {
        if (form !== undefined) mergeForm(exchange, form);
        return goOn(exchange, view);
      });
    };
    // What the body is may be for the headers to say that were just changed.
    const goOn = (exchange: Exchange, view: RequestView): Outcome | Promise<Outcome> => {
      if (!headers.isEmpty) editHeaders(headers, exchange, view.tables);
      const kind = body.isEmpty ? undefined : kindOf(exchange);
      if (kind === undefined) return finish(exchange, view);
      return rawBody(exchange, bodyBuffer).then((bytes) => {
        const type = exchange.outgoing.headers.get('content-type') ?? '';
        const made = editBody(kind, bytes ?? Buffer.alloc(0), type, body, view.tables);
        if (made !== undefined) setBody(exchange, made);
        return finish(exchange, view);
      });
    };
    const finish = (exchange: Exchange, view: RequestView): Outcome => {
      if (querystring.isEmpty) return undefined;
      const args: Args = new Map(view.query());
      editQuery(args, querystring, view.tables);
      exchange.query = encodeSorted(args);
      return undefined;
    };
    return (exchange) => stopping(() => start(exchange));
  },
});

const kindOf = (exchange: Exchange): BodyKind | undefined => bodyKind(exchange.outgoing.headers.get('content-type'));

function setPath(exchange: Exchange, path: string): void {
  if (!path.startsWith('/')) throw new LuaError('path must start with /');
  const upstream = exchange.read(upstreamSlot);
  if (upstream !== undefined) upstream.path = path;
}

function setMethod(exchange: Exchange, method: string): void {
  if (!methods.includes(method)) throw new LuaError(`invalid method: ${method}`);
  exchange.method = method;
}

function setBody(exchange: Exchange, body: Buffer): void {
  exchange.body.replace(body);
  exchange.outgoing.headers.set('Content-Length', String(body.length));
}

/** What a form said is in the query of a request that is made to have no body. */
function mergeForm(exchange: Exchange, form: Buffer): void {
  const found = decodeArgs(form.toString('latin1'));
  if (found.size === 0) return;
  const args = decodeArgs(exchange.query);
  for (const [name, value] of found) {
    const before = args.get(name);
    args.set(name, before === undefined ? value : [before, value].flat());
  }
  exchange.query = encodeSorted(args);
}

/** Where Lua stops, Kong answers 500. */
function stopping(act: () => Outcome | Promise<Outcome>): Outcome | Promise<Outcome> {
  const stopped = (error: unknown): Outcome => {
    if (error instanceof LuaError) return unexpected;
    throw error;
  };
  try {
    const outcome = act();
    return outcome instanceof Promise ? outcome.catch(stopped) : outcome;
  } catch (error) {
    return stopped(error);
  }
}

const order = 'the members of JSON and of a form stay in their order, where production has that of a Lua table';

function readEdits(config: Setting, place: 'headers' | 'querystring' | 'body', { lua }: NodeSettings): PairEdits {
  const inHeaders = place === 'headers';
  const at = (verb: string): Setting => (place === 'body' ? config.get(verb).get(place).approximately(order) : config.get(verb).get(place));
  const pairs = (verb: (typeof verbs)[number]): readonly Pair[] => {
    const list = at(verb);
    for (const item of list.items()) checkTemplate(item, splitPair(item.string() ?? '')[1], lua, !inHeaders);
    return readPairs(list, !inHeaders ? checkValue : verb === 'rename' ? checkHeaderRename : checkHeaderValue);
  };
  return {
    remove: readNames(at('remove'), inHeaders ? checkHeaderName : checkName),
    rename: pairs('rename'),
    replace: pairs('replace'),
    add: pairs('add'),
    append: pairs('append'),
  };
}

/** Says over its place what is no template. `strict`: Kong refuses such a one when it loads, and not only when it renders it. */
function checkTemplate(setting: Setting, text: string, lua: UntrustedLua, strict: boolean): void {
  try {
    compileTemplate(text, lua);
  } catch (error) {
    if (!(error instanceof LuaSyntaxError)) throw error;
    const hint = 'expected headers, query_params, uri_captures or shared, the operators of Lua and the methods of its texts';
    const what = `${setting.name}: value '${text}' is not in supported format, error: ${error.message}`;
    if (error instanceof LuaNotRun) setting.problem('DG1208', `${setting.name}: ${error.message}`, hint);
    else if (strict) setting.problem('DG1203', what, hint);
    else setting.warning('DG1203', what, 'Kong answers 500 where it renders this, and so it is here');
  }
}
