import type { BodySource, ChunkTransform, ChunkWatcher } from '../http/body.ts';
import type { Fields } from '../http/fields.ts';
import type { Fault, FaultBook, OwnFaultBook } from '../model/fault.ts';
import type { Destination, Route, Step } from '../model/gateway.ts';
import type { Clock } from './clock.ts';
import type { Exchange } from './exchange.ts';
import type { Failure, Outcome } from './outcome.ts';
import type { Memory, Store, StoreServer } from './store.ts';
import type { TestTokens } from './test-tokens.ts';
import type { Duplex } from 'node:stream';

/** What kinds may use. All of it is given; nothing is global. */
export interface Deps {
  /** The gateway's. While a request runs, `exchange.clock ?? clock` is its time. */
  readonly clock: Clock;
  readonly store: Store;
  /** Counters on a server of production's, where something on this machine stands for it; else null. Its updates may fail. */
  readonly storeAt: (server: StoreServer) => Store | null;
  readonly memory: Memory;
  /** In [0, 1). */
  readonly random: () => number;
  /** Fetches a document (a key set, a discovery document) through the upstream map. Throws where that fails. */
  readonly fetch: (url: string, init?: FetchInit) => Promise<FetchedDocument>;
  /** A user's function by its name, or undefined. `scope`: of the exchange. `isAnswer`: what it may throw without anybody being told. */
  readonly functions: (name: string, scope?: string, isAnswer?: (error: unknown) => boolean) => UserFunction | undefined;
  readonly testTokens: TestTokens;
  /** Header fields and query parameters that credentials are read from, lower-case: their values are kept out of files. */
  readonly secretFields: { add(lowerName: string): void };
}
export interface FetchInit {
  readonly method?: string;
  readonly headers?: readonly string[];
  readonly body?: Buffer;
  readonly timeoutMs?: number;
  /** Throws where the upstream map names no place and the address is not of this machine: what is only told, like a log line, must not reach production from here. */
  readonly mappedOnly?: boolean;
  /** Only tells something: no part of the traffic, so nothing is sent while tapes stand for upstreams. */
  readonly untaped?: boolean;
  /** On whose behalf: overrides and faults of its scope hold. */
  readonly within?: Pick<Exchange, 'scope' | 'clock'>;
}
export interface FetchedDocument {
  readonly status: number;
  readonly headers: Fields;
  readonly text: string;
}
export type UserFunction = (...args: never[]) => unknown;

/** Given to `create`: kinds that contain others link them through this. */
export interface LinkDeps extends Deps {
  readonly link: (step: Step) => LinkedStep;
  readonly linkAll: (steps: readonly Step[]) => readonly LinkedStep[];
  readonly linkDestination: (destination: Destination) => Opener;
}

export type StepFunction = (exchange: Exchange) => Outcome | Promise<Outcome>;
export interface LinkedStep {
  readonly step: Step;
  readonly run: StepFunction;
}

/** A step of the arrival, request, response-head or log list. `create` validates its options and throws DevgatewayError. */
export interface StepKind<O = never> {
  readonly kind: string;
  create(options: O, deps: LinkDeps, step: Step): StepFunction;
}

/** A step of the response-body list: decides per exchange, once the head is known, what it needs. */
export interface BodyStep {
  need(exchange: Exchange): 'none' | 'watch' | 'transform' | 'whole';
  /** For `watch`: sees the bytes as they stand, in their content coding; none where the answer has no body. */
  watch?(exchange: Exchange): ChunkWatcher;
  /** For `transform`. */
  transform?(exchange: Exchange): ChunkTransform;
  /** For `whole`: the new body. */
  whole?(exchange: Exchange, body: Buffer): Buffer | Promise<Buffer>;
  /** Bytes that `whole` may buffer; 0: no limit. */
  readonly limit?: number;
  /** The new body goes without its length, as from a gateway that writes its head before the body is read. */
  readonly unsized?: boolean;
}
export interface BodyStepKind<O = never> {
  readonly kind: string;
  create(options: O, deps: LinkDeps, step: Step): BodyStep;
}

/** What a destination answers with. Holds its body events until `pipe`. */
export interface Answer extends BodySource {
  readonly status: number;
  readonly statusText?: string;
  readonly headers: Fields;
  /** Bytes, where the head says so. */
  readonly length: number | undefined;
  /** The body, where the whole of it is here already: such an answer needs neither `pipe` nor `abandon`. */
  readonly whole?: Buffer | null;
  readonly tunnel?: Duplex;
}
export type Opener = (exchange: Exchange) => Answer | Failure | Promise<Answer | Failure>;
export interface DestinationKind<O = never> {
  readonly kind: string;
  create(options: O, deps: LinkDeps, destination: Destination): Opener;
}

export type Match = { readonly route: Route; readonly params: Readonly<Record<string, string>> } | Failure;
export type MatchFunction = (exchange: Exchange) => Match;
export interface MatcherKind<O = never> {
  readonly kind: string;
  /** Routes are in the order of the model. */
  build(options: O, routes: readonly Route[], deps: Deps): MatchFunction;
}

export interface LinkedFaultBook {
  readonly core: FaultBook<Exchange | null>;
  readonly own: OwnFaultBook<Exchange | null>;
}
/** The exchange is null where a message was too broken to become one. */
export interface FaultBookKind<O = never> {
  readonly kind: string;
  build(options: O, deps: Deps): LinkedFaultBook;
}

/** What a dialect, a policy set or a third party brings: named behaviours. */
export interface Kit {
  readonly matchers?: readonly MatcherKind<never>[];
  readonly steps?: readonly StepKind<never>[];
  readonly bodies?: readonly BodyStepKind<never>[];
  readonly destinations?: readonly DestinationKind<never>[];
  readonly faultBooks?: readonly FaultBookKind<never>[];
}

export type { Fault };
