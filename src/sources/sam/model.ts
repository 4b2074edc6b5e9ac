import type { Setting } from '../setting.ts';
import { madeTree, type Made, type Tree } from '../tree.ts';

/** An `AWS::Serverless::*` resource, Globals laid under its properties. */
export interface SamResource {
  readonly id: string;
  /** `Function`, `Api`, `HttpApi`, ... */
  readonly kind: string;
  readonly setting: Setting;
  readonly properties: Setting;
  /** Its place. */
  readonly at: Tree;
}

/** An event by which a function or a state machine is asked through an API. */
export interface ApiEvent {
  /** Its name among the events of its owner. */
  readonly name: string;
  readonly owner: SamResource;
  /** What its Properties say. */
  readonly setting: Setting;
  readonly at: Tree;
  /** The ARN that is invoked, with its alias where there is one. */
  readonly arn: string;
}

/** What the parts of a template may ask for while it is unfolded. */
export interface Sam {
  readonly resources: ReadonlyMap<string, SamResource>;
  /** The content of a file beside the template, its functions worked out; undefined where it is not here. */
  readonly open: (location: string) => Tree | undefined;
}

/** Plain resources by their logical ids. */
export type Plain = Record<string, Made>;

/** A plain resource that has the attributes (conditions, dependencies) of the one that it comes from. */
export function plainResource(type: string, properties: Record<string, Made>, from: SamResource): Made {
  const attributes = Object.fromEntries(
    from.setting
      .keys()
      .filter((key) => key !== 'Type' && key !== 'Properties')
      .map((key) => [key, from.setting.get(key).tree]),
  );
  return madeTree({ ...attributes, Type: type, Properties: properties }, from.at);
}

/** The trees of the members of a setting, by name, without those that are named. */
export function membersOf(setting: Setting, without: readonly string[] = []): Record<string, Tree | undefined> {
  return Object.fromEntries(
    setting
      .keys()
      .filter((key) => !without.includes(key))
      .map((key) => [key, setting.get(key).tree]),
  );
}
