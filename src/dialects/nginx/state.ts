import type { Exchange } from '../../engine/exchange.ts';
import type { Outcome } from '../../engine/outcome.ts';
import { slot, type Slot } from '../../engine/slot.ts';

/** What nginx remembers of a request beside the neutral exchange. Kept across internal redirects. */
export interface RequestState {
  server: string;
  serverName: string;
  /** The answer that the server's own rewrite rules gave. */
  pending: Outcome;
  variables: Map<string, string>;
  captures: readonly (string | undefined)[];
  /** The path is not the one of the request line any more. */
  changed: boolean;
  /** A `rewrite ... break` ran: the URI part of proxy_pass does not count. */
  broken: boolean;
  internal: boolean;
  redirects: number;
  /** Status of the answer after `error_page`; 0: that of the target. */
  override: number;
  inErrorPage: boolean;
  /** The location whose `if` blocks are not to be run again. */
  rewritten: string | null;
  tokens: boolean;
  /** `$upstream_status`; empty: no upstream was asked. */
  upstreamStatus: string;
  /** `$proxy_host` and `$proxy_port`. */
  proxyHost: string;
  proxyPort: string;
  /** `$limit_req_status`; empty: no limit was asked. */
  limitStatus: string;
}

const state: Slot<RequestState> = slot('nginx/request');

export function stateOf(exchange: Exchange): RequestState {
  let found = exchange.read(state);
  if (found === undefined) {
    found = {
      server: '',
      serverName: '',
      pending: undefined,
      variables: new Map(),
      captures: [],
      changed: false,
      broken: false,
      internal: false,
      redirects: 0,
      override: 0,
      inErrorPage: false,
      rewritten: null,
      tokens: true,
      upstreamStatus: '',
      proxyHost: '',
      proxyPort: '80',
      limitStatus: '',
    };
    exchange.write(state, found);
  }
  return found;
}
