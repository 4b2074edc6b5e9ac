import { Setting } from '../setting.ts';
import { madeTree, treeOf, type Made, type Tree } from '../tree.ts';
import { unfoldApi } from './api.ts';
import { unfoldSharedPlan } from './api-usage-plan.ts';
import { eventsByApi } from './events.ts';
import { unfoldFunction } from './function.ts';
import { impliedProperties, settleGlobals } from './globals.ts';
import { unfoldHttpApi } from './http-api.ts';
import { unfoldLayer } from './layer.ts';
import { unfoldStateMachine } from './state-machine.ts';
import type { ApiEvent, Plain, Sam, SamResource } from './model.ts';
import { refuseSam } from './refusals.ts';
import { unfoldWebSocketApi } from './websocket-api.ts';

const transform = 'AWS::Serverless-2016-10-31';
const serverless = /^AWS::Serverless::(\w+)$/;

/** Whether a template is SAM's: by its `Transform`, or by what is in it. */
export const isSam = (root: Setting): boolean => namesSam(root) || typesIn(root).some((type) => serverless.test(type));

const namesSam = (root: Setting): boolean =>
  root
    .get('Transform')
    .items()
    .some((one) => one.kind === 'scalar' && one.string()?.startsWith('AWS::Serverless-') === true);

const typesIn = (root: Setting): string[] =>
  root
    .get('Resources')
    .entries()
    .map(([, resource]) => String(scalarIn(resource.get('Type'))));

/** APIs that are there because an event names none. */
const implied = [
  { id: 'ServerlessRestApi', kind: 'Api', stage: 'Prod' },
  { id: 'ServerlessHttpApi', kind: 'HttpApi', stage: '$default' },
] as const;

/** How each kind is unfolded that is a part of a gateway. */
const kinds: Readonly<Record<string, (one: SamResource, events: readonly ApiEvent[], sam: Sam) => Plain>> = {
  Api: unfoldApi,
  HttpApi: unfoldHttpApi,
  WebSocketApi: unfoldWebSocketApi,
  Function: unfoldFunction,
  LayerVersion: unfoldLayer,
  StateMachine: unfoldStateMachine,
};

/**
 * The CloudFormation template that SAM's translator would make of one whose functions are worked out: every `AWS::Serverless::*` resource
 * unfolded into plain ones, at the user's own lines. Logical ids are those of the translator.
 */
export function unfoldSam(root: Setting, open: Sam['open']): Tree {
  const globals = root.get('Globals');
  let isTold = namesSam(root);
  const written = new Map<string, Made>();
  const resources = new Map<string, SamResource>();
  const add = (id: string, kind: string, setting: Setting, properties: Tree): void => {
    const at = setting.tree as Tree;
    resources.set(id, { id, kind, setting, properties: Setting.made(properties, root.ledger, root.by), at });
  };
  for (const [id, resource] of root.get('Resources').entries()) {
    const type = resource.get('Type');
    const kind = serverless.exec(String(scalarIn(type)))?.[1];
    if (kind === undefined) written.set(id, resource.tree);
    else {
      type.settle();
      if (!isTold)
        type.warning('DG1204', `CloudFormation makes nothing of AWS::Serverless::${kind} by itself`, `put Transform: ${transform} at the top`);
      isTold = true;
      const properties = resource.get('Properties').tree ?? madeTree({}, resource.tree as Tree);
      add(id, kind, resource, properties);
    }
  }
  const owners = [...resources.values()].filter(({ kind }) => kind === 'Function' || kind === 'StateMachine');
  const events = eventsByApi(owners);
  for (const { id, kind, stage } of implied) {
    const [first] = events.get(id) ?? [];
    if (first === undefined || resources.has(id)) continue;
    const setting = Setting.made(madeTree({}, first.at), root.ledger, root.by);
    add(id, kind, setting, impliedProperties({ StageName: stage }, globals.get(kind), first.at));
  }
  const tree = root.tree ?? treeOf({});
  /** Two APIs may make one domain: what the last says of it stands. */
  const put = (id: string, made: Made): void => {
    const before = written.get(id);
    if (before !== undefined) Setting.made(madeTree(before, tree), root.ledger, root.by).leftToOthers(`another resource makes ${id}, too`);
    written.set(id, made);
  };
  const sam: Sam = { resources, open };
  settleGlobals(globals, new Set([...resources.values()].map(({ kind }) => kind)));
  refuseSam(sam, root);
  for (const one of resources.values())
    for (const [id, made] of Object.entries((kinds[one.kind] ?? noPart)(one, events.get(one.id) ?? [], sam))) put(id, made);
  const apis = [...resources.values()].filter(({ kind }) => kind === 'Api');
  for (const [id, made] of Object.entries(unfoldSharedPlan(apis))) put(id, made);
  settleElsewhere(events, resources);
  return madeTree({ ...headOf(root), Resources: Object.fromEntries(written) }, tree);
}

const scalarIn = (setting: Setting): unknown => (setting.tree?.kind === 'scalar' ? setting.tree.value : undefined);

/** What surrounds the resources is settled already, and serves whoever looks at the whole. */
const headOf = (root: Setting): Record<string, Made> =>
  Object.fromEntries(
    root
      .keys()
      .filter((key) => key !== 'Resources' && key !== 'Globals' && key !== 'Transform')
      .map((key) => [key, root.get(key).tree]),
  );

/** What is asked through an API of another stack has nothing to say here. */
function settleElsewhere(events: ReadonlyMap<string, readonly ApiEvent[]>, resources: ReadonlyMap<string, SamResource>): void {
  for (const [id, list] of events)
    if (!['Api', 'HttpApi'].includes(resources.get(id)?.kind ?? ''))
      for (const { setting } of list) setting.ignored(`the API ${id} is no serverless API of this template, and says itself what it serves`);
}

/** A table, an application: nothing of it is asked through a gateway. */
function noPart({ kind, setting, properties }: SamResource): Plain {
  const why = `resources of type AWS::Serverless::${kind} are no part of the gateway`;
  setting.ignored(why);
  properties.ignored(why);
  return {};
}
