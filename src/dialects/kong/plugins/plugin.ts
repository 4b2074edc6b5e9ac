import type { BodyStepKind, StepKind } from '../../../engine/kit.ts';
import type { Setting } from '../../../sources/setting.ts';
import type { KongConsumer } from '../entities/consumer.ts';
import type { PluginScope } from '../entities/plugin.ts';
import type { KongRoute } from '../entities/route.ts';
import type { NodeSettings } from '../node-settings.ts';

/** What the reader of a plugin may look at. */
export interface PluginContext {
  readonly consumers: readonly KongConsumer[];
  /** Every route of the configuration, for what tells them by name. */
  readonly routes: readonly KongRoute[];
  readonly node: NodeSettings;
  /** Whether the file holds secrets as they are (`_transform`), or as Kong's database keeps them. */
  readonly transform: boolean;
  /** Where the plugin stands, ids: a stable name for its counters. */
  readonly place: PluginScope;
}

/** Options for the phases in which a plugin of this configuration acts. */
export interface PluginPhases {
  /** Before matching; only a plugin that stands on no route, service or consumer has it. */
  readonly rewrite?: unknown;
  readonly access?: unknown;
  readonly headerFilter?: unknown;
  readonly bodyFilter?: unknown;
  /** When the response is sent. */
  readonly log?: unknown;
}

/** A bundled plugin: the reader of its settings beside its behaviour. */
export interface KongPlugin {
  readonly name: string;
  read(config: Setting, context: PluginContext): PluginPhases;
  readonly rewrite?: StepKind<never>['create'];
  readonly access?: StepKind<never>['create'];
  readonly headerFilter?: StepKind<never>['create'];
  readonly bodyFilter?: BodyStepKind<never>['create'];
  readonly log?: StepKind<never>['create'];
}

/** Checks that what a plugin reads is what its phases take. */
export const definePlugin = <A = never, H = never, B = never, R = never, L = never>(plugin: {
  readonly name: string;
  read(
    config: Setting,
    context: PluginContext,
  ): {
    readonly rewrite?: R | undefined;
    readonly access?: A | undefined;
    readonly headerFilter?: H | undefined;
    readonly bodyFilter?: B | undefined;
    readonly log?: L | undefined;
  };
  readonly rewrite?: StepKind<R>['create'];
  readonly access?: StepKind<A>['create'];
  readonly headerFilter?: StepKind<H>['create'];
  readonly bodyFilter?: BodyStepKind<B>['create'];
  readonly log?: StepKind<L>['create'];
}): KongPlugin => plugin as unknown as KongPlugin;
