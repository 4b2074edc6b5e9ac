import type { Kit } from '../engine/kit.ts';
import type { Ledger } from '../model/ledger.ts';
import type { LocalUpstream, Site, TapeSettings } from '../model/gateway.ts';
import type { StatusReport } from '../model/status.ts';
import type { Files } from '../sources/files.ts';
import type { Source } from '../sources/source.ts';

/** What becomes of a part of the configuration that is not supported: it is told and does nothing (`pass`), or the load fails. */
export type Unsupported = 'pass' | 'fail';

/** Settings that are not in the configuration itself. */
export interface CompileOptions {
  /** Default `pass`. What decides who may pass is closed either way. */
  readonly unsupported?: Unsupported;
  readonly stage?: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface CompileInput {
  /** The files that belong to this dialect, in the order given. */
  readonly sources: readonly Source[];
  /** All files that were named together, those of other dialects too: what one says may be referred to by another. */
  readonly beside?: readonly Source[];
  /** Opens further files (includes, `kong.conf`, keys); each is then watched. */
  readonly files: Files;
  readonly ledger: Ledger;
  readonly options: CompileOptions;
}

export interface Compiled {
  readonly sites: readonly Site[];
  /** What a control plane would say of the objects of this configuration, where it has one. */
  readonly statuses?: readonly StatusReport[];
  readonly upstreams?: Readonly<Record<string, LocalUpstream>>;
  /** Whether upstreams are recorded or replayed. */
  readonly traffic?: TapeSettings;
  /** Absolute paths of further configurations, each to be read by its own dialect. */
  readonly include?: readonly string[];
}

/** A gateway's configuration language and behaviour. A folder that can be deleted whole. */
export interface Dialect {
  readonly name: string;
  /**
   * Whether this file is this dialect's; `part` where other dialects may read the rest of it. Must not throw and must be cheap: look at
   * names and text before parsing.
   */
  recognises(source: Source): boolean | 'part';
  /** What the dialect does: taken into memory when a file is its own, and not before. */
  behaviour(): Promise<Behaviour>;
}

export interface Behaviour {
  readonly kit: Kit;
  /** Turns settings into sites. Problems go to the ledger, over the user's own text; only what makes reading impossible is thrown. */
  compile(input: CompileInput): Compiled;
  /** What proves the settings that a reader (`by`) calls mirrored: ids of conformance cases or of our own tests. */
  readonly proofs?: Readonly<Record<string, readonly string[]>>;
}
