import type { BodyStepKind, StepKind } from '../../../engine/kit.ts';
import type { Setting } from '../../../sources/setting.ts';
import type { KongConsumer } from '../entities/consumer.ts';
import type { NodeSettings } from '../node-settings.ts';

/** What the reader of a plugin may look at. */
export interface PluginContext {
  readonly consumers: readonly KongConsumer[];
  readonly node: NodeSettings;
  /** Where the plugin stands: a stable name for its counters. */
  readonly place: { readonly route: string; readonly service: string };
}

/** Options for the phases in which a plugin of this configuration acts. */
export interface PluginPhases {
  readonly access?: unknown;
  readonly headerFilter?: unknown;
  readonly bodyFilter?: unknown;
}

/** A bundled plugin: the reader of its settings beside its behaviour. */
export interface KongPlugin {
  readonly name: string;
  read(config: Setting, context: PluginContext): PluginPhases;
  readonly access?: StepKind<never>['create'];
  readonly headerFilter?: StepKind<never>['create'];
  readonly bodyFilter?: BodyStepKind<never>['create'];
}

/** Checks that what a plugin reads is what its phases take. */
export const definePlugin = <A = never, H = never, B = never>(plugin: {
  readonly name: string;
  read(
    config: Setting,
    context: PluginContext,
  ): { readonly access?: A | undefined; readonly headerFilter?: H | undefined; readonly bodyFilter?: B | undefined };
  readonly access?: StepKind<A>['create'];
  readonly headerFilter?: StepKind<H>['create'];
  readonly bodyFilter?: BodyStepKind<B>['create'];
}): KongPlugin => plugin as unknown as KongPlugin;
