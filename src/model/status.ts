import type { Origin } from './origin.ts';

/** One statement of a control plane about a part of a configuration. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
  /** Whether it is as one would want it. */
  readonly wanted: boolean;
  readonly origin: Origin;
}

/** What a control plane would write about an object of the configuration, or about one part of it. */
export interface StatusReport {
  readonly about: 'gateway' | 'listener' | 'route' | 'policy';
  /** As people call it: by its kind and its name. */
  readonly subject: string;
  /** Which listener of it, or under which parent. Empty: the whole. */
  readonly part: string;
  /** Whether anything of it is in use. */
  readonly served: boolean;
  /** Counts and lists beside the conditions. */
  readonly facts: Readonly<Record<string, number | readonly string[]>>;
  readonly conditions: readonly Condition[];
  readonly origin: Origin;
}
