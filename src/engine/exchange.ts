import type { Duplex } from 'node:stream';
import type { Fields } from '../http/fields.ts';
import { endToEnd } from '../http/hop-by-hop.ts';
import type { Fault } from '../model/fault.ts';
import type { Listener, Named, Route } from '../model/gateway.ts';
import type { Clock } from './clock.ts';
import type { MessageBody } from './message-body.ts';
import type { Outcome } from './outcome.ts';
import type { Slot } from './slot.ts';
import type { Trace } from './trace.ts';

/** What is known of the connection that a request came on. */
export interface Connection {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly secure: boolean;
  /** The server name of the TLS handshake. */
  readonly serverName?: string;
  readonly clientCertificate?: { readonly subject: string; readonly pem: string; readonly verified: boolean };
}

/** The request as it arrived. Never changed. */
export interface Arrived {
  readonly method: string;
  /** The raw request target. */
  readonly target: string;
  readonly httpVersion: string;
  readonly headers: Fields;
}

/** The request as it will be sent. */
export interface Outgoing {
  method: string;
  /** Path and query for the upstream; null until a step sets it: then the current path and query are sent. */
  target: string | null;
  headers: Fields;
  /** Set by a step where the upstream is only known while the request runs; overrides the proxy's own URL. */
  address: { readonly names: readonly string[]; readonly url: string } | null;
}

export interface ResponseState {
  status: number;
  statusText: string | undefined;
  headers: Fields;
  body: MessageBody;
  readonly from: 'upstream' | 'reply' | 'fault';
  /** An upgraded connection to the upstream: goes with status 101, or 200 for CONNECT. */
  readonly tunnel?: Duplex | undefined;
}

/** Who is calling, as far as the authentication steps have found out. */
export interface Caller {
  consumer?: { readonly id: string; readonly username: string; readonly customId: string; readonly groups: readonly string[] };
  credential?: { readonly id: string; readonly kind: string };
  claims?: Readonly<Record<string, unknown>>;
  anonymous?: boolean;
}

/** What a subrequest brought back. */
export interface SubResponse {
  readonly status: number;
  readonly headers: Fields;
  readonly body: Buffer;
}
export interface SubrequestRunner {
  subrequest(parent: Exchange, request: SubRequest): Promise<SubResponse>;
}
export interface SubRequest {
  readonly path: string;
  readonly query: string;
  readonly method: string;
  readonly body: Buffer | null;
}

/** Sees the bytes of a tunnel as they pass. Must not change them. */
export interface TunnelWatcher {
  fromClient(chunk: Buffer): void;
  fromUpstream(chunk: Buffer): void;
}

/** Sees the messages of an exchange as they pass. */
export interface ExchangeRecorder {
  /** The outgoing request is complete. */
  sending(exchange: Exchange): void;
  /** The upstream has answered: nothing of it has been changed yet. */
  answered(response: ResponseState): void;
  /** The response is complete. `changed`: its body is not the upstream's. */
  responding(response: ResponseState, changed: boolean): void;
  /** The two sides go on in another protocol. Null where nobody watches. */
  tunnel(): TunnelWatcher | null;
}

/** One request and all that becomes of it. */
export class Exchange {
  readonly arrived: Arrived;
  readonly connection: Connection;
  readonly listener: Listener;
  /** The main request of a subrequest. */
  readonly parent: Exchange | null;
  method: string;
  /** Current path and query (without `?`), raw until a dialect normalises them. */
  path: string;
  query: string;
  body: MessageBody;
  route: Route | null = null;
  params: Readonly<Record<string, string>> = {};
  caller: Caller = {};
  response: ResponseState | null = null;
  /** The fault that is being answered, if one is. */
  fault: Fault | null = null;
  jumps = 0;
  /** The step that ended the request list, for logs and explanations. */
  decidedBy: Named | null = null;
  /** Null unless somebody wants an explanation. */
  trace: Trace | null = null;
  /** Null unless somebody records. */
  recorder: ExchangeRecorder | null = null;
  /** The upstream that was asked, as the configuration writes it. */
  upstream: string | null = null;
  /** Nothing is sent upstream. */
  dry = false;
  /** Client socket of an upgrade request. */
  upgrade: { readonly socket: Duplex; readonly head: Buffer } | null = null;
  /** Set by the engine, one for each program: a closure for each request would tie requests together until a full collection. */
  runner: SubrequestRunner | null = null;

  #startedAt: number;
  #scope: string;
  #clock: Clock | null;
  #outgoing: Outgoing | null = null;
  #slots: Map<Slot<unknown>, unknown> | null = null;
  #aborted = false;
  #whenAborted: (() => void)[] | null = null;

  constructor(init: {
    arrived: Arrived;
    connection: Connection;
    listener: Listener;
    startedAt: number;
    scope?: string;
    clock?: Clock | null;
    parent?: Exchange | null;
    body: MessageBody;
  }) {
    this.arrived = init.arrived;
    this.connection = init.connection;
    this.listener = init.listener;
    this.parent = init.parent ?? null;
    this.#startedAt = init.startedAt;
    this.#scope = init.scope ?? this.parent?.scope ?? '';
    this.#clock = init.clock ?? this.parent?.clock ?? null;
    this.body = init.body;
    this.method = init.arrived.method;
    const target = originForm(init.arrived.target);
    const mark = target.indexOf('?');
    this.path = mark < 0 ? target : target.slice(0, mark);
    this.query = mark < 0 ? '' : target.slice(mark + 1);
  }

  /** Prefix of every state key; empty outside scopes. */
  get scope(): string {
    return this.#scope;
  }
  /** The clock of its scope; null outside scopes, where the gateway's holds. */
  get clock(): Clock | null {
    return this.#clock;
  }
  get startedAt(): number {
    return this.#startedAt;
  }
  /** Before anybody has seen it. */
  enterScope(prefix: string, clock: Clock): void {
    this.#scope = prefix;
    this.#clock = clock;
    this.#startedAt = clock.now();
  }

  /** Made on first use: the end-to-end fields of what arrived, free to edit. */
  get outgoing(): Outgoing {
    return (this.#outgoing ??= { method: this.method, target: null, headers: endToEnd(this.arrived.headers), address: null });
  }

  /** Whether the client has left. */
  get aborted(): boolean {
    return this.#aborted;
  }
  /** Calls `act` when the client leaves, at once if it has left. */
  onAbort(act: () => void): void {
    if (this.parent !== null) return this.parent.onAbort(act);
    if (this.#aborted) act();
    else (this.#whenAborted ??= []).push(act);
  }
  /** The listener says that the client has left. */
  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    for (const act of this.#whenAborted ?? []) act();
    this.#whenAborted = null;
  }
  /** The same for what wants a signal. */
  get signal(): AbortSignal {
    const controller = new AbortController();
    this.onAbort(() => controller.abort());
    return controller.signal;
  }

  /** Runs another request through the same site. */
  subrequest(request: SubRequest): Promise<SubResponse> {
    return this.runner === null ? Promise.reject(new Error('subrequests need an engine')) : this.runner.subrequest(this, request);
  }

  /** A jump starts the outgoing request anew. */
  resetOutgoing(): void {
    this.#outgoing = null;
  }

  read<T>(slot: Slot<T>): T | undefined {
    return this.#slots?.get(slot as Slot<unknown>) as T | undefined;
  }

  write<T>(slot: Slot<T>, value: T): void {
    (this.#slots ??= new Map()).set(slot as Slot<unknown>, value);
  }

  /** A finding for `explain`; costs nothing while nobody listens. `by` is the setting that caused it. */
  note(message: string, by?: Named): void {
    this.trace?.note(message, by);
  }

  /** The engine records how a step ended. */
  decided(step: Named, outcome: Outcome): void {
    if (outcome !== undefined) this.decidedBy = step;
    this.trace?.step(step, outcome);
  }
}

/** The target that the upstream is asked for. */
export const upstreamTarget = ({ outgoing, path, query }: Exchange): string => outgoing.target ?? (query === '' ? path : `${path}?${query}`);

/** A target in absolute form without its scheme and authority, which agree with Host (RFC 9112 section 3.2.2). */
function originForm(target: string): string {
  if (target.charCodeAt(0) === 47) return target;
  const absolute = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/.exec(target);
  if (absolute === null) return target;
  const rest = target.slice(absolute[0].length);
  return rest.startsWith('/') ? rest : `/${rest}`;
}
