import type { Exchange } from '../../engine/exchange.ts';
import type { StepKind } from '../../engine/kit.ts';
import { jumpToRoute, refuse, type Outcome } from '../../engine/outcome.ts';
import { statusFault } from './faults.ts';
import type { HeadOptions } from './options.ts';
import { redirectInside } from './rewrite.ts';
import { stateOf } from './state.ts';
import { compileValue, scopeOf } from './values.ts';
import { hostOf, type Value } from './variables.ts';

/** Statuses that add_header without `always` adds to. */
const plainStatuses = new Set([200, 201, 204, 206, 301, 302, 303, 304, 307, 308]);

/** The head of every answer: error_page, the override of its status, redirects, fields. */
export const headStep: StepKind<HeadOptions> = {
  kind: 'nginx/head',
  create(options) {
    const scope = scopeOf(options);
    const add = options.add.map((one) => ({ ...one, value: compileValue(scope, one.value) }));
    const pages = options.pages.map((one) => ({ ...one, value: compileValue(scope, one.to) }));
    return (exchange) => {
      const { response } = exchange;
      if (response === null) return undefined;
      const state = stateOf(exchange);
      const asked =
        response.from === 'upstream'
          ? response.status
          : exchange.fault?.kind.startsWith('upstream-')
            ? exchange.fault.kind.endsWith('timeout')
              ? 504
              : 502
            : null;
      if (asked !== null) state.upstreamStatus = state.upstreamStatus === '' ? String(asked) : `${state.upstreamStatus} : ${asked}`;
      if (response.from === 'reply' && response.body.length !== 0 && !response.headers.has('content-type'))
        response.headers.append('Content-Type', options.defaultType);
      const mayReplace = response.from === 'fault' || (options.intercept && response.from === 'upstream' && response.status >= 300);
      if (mayReplace && (!state.inErrorPage || options.recursive)) {
        const page = pages.find(({ statuses }) => statuses.includes(response.status));
        if (page !== undefined) return replace(exchange, response.status, page.override, page.value);
      }
      if (state.override > 0) {
        response.status = state.override;
        response.statusText = undefined;
      }
      fields(exchange, options);
      for (const { name, value, always } of add) {
        const text = always || plainStatuses.has(response.status) ? value(exchange) : '';
        if (text !== '') response.headers.append(name, text);
      }
      return undefined;
    };
  },
};

function replace(exchange: Exchange, status: number, override: number | null, value: Value): Outcome {
  const state = stateOf(exchange);
  const to = value(exchange);
  state.inErrorPage = true;
  // `=` alone: the status of the target; `=code`: that one; nothing: the first error's.
  state.override = override === null ? status : override;
  if (to.startsWith('@')) {
    state.redirects += 1;
    return state.redirects > 10 ? refuse(statusFault(500)) : jumpToRoute(`${state.server}${to}`);
  }
  if (!to.startsWith('/')) {
    const code = override !== null && [301, 302, 303, 307, 308].includes(override) ? override : 302;
    state.override = 0;
    return refuse(statusFault(code, ['Location', to]));
  }
  if (exchange.method !== 'HEAD') exchange.method = 'GET';
  const mark = to.indexOf('?');
  return redirectInside(exchange, mark < 0 ? to : to.slice(0, mark), mark < 0 ? exchange.query : to.slice(mark + 1));
}

function fields(exchange: Exchange, options: HeadOptions): void {
  const { headers, from } = exchange.response as NonNullable<Exchange['response']>;
  if (from === 'upstream') {
    const hidden = new Set(['date', 'server', 'x-pad', 'connection', 'keep-alive', ...options.hide.map((name) => name.toLowerCase())]);
    for (const name of options.pass) hidden.delete(name.toLowerCase());
    headers.filter((name) => !hidden.has(name) && (!name.startsWith('x-accel-') || options.pass.some((one) => one.toLowerCase() === name)));
  }
  const location = headers.get('location');
  if (location !== undefined) {
    const rule = from === 'upstream' ? options.redirects.find((one) => location.startsWith(one.from)) : undefined;
    const rewritten = rule === undefined ? location : rule.to + location.slice(rule.from.length);
    headers.set(
      'Location',
      rewritten.startsWith('/') && options.absolute && (from !== 'upstream' || rule !== undefined)
        ? absolute(rewritten, exchange, options)
        : rewritten,
    );
  }
  if (from !== 'upstream' || !headers.has('server')) headers.set('Server', stateOf(exchange).tokens ? 'nginx/1.22.1' : 'nginx');
}

function absolute(path: string, exchange: Exchange, options: HeadOptions): string {
  const scheme = exchange.connection.secure ? 'https' : 'http';
  const host = options.nameInRedirect ? stateOf(exchange).serverName : hostOf(exchange);
  const { port } = exchange.listener;
  const shown = options.portInRedirect && port !== (exchange.connection.secure ? 443 : 80) ? `:${port}` : '';
  return `${scheme}://${host}${shown}${path}`;
}
