import { callOf } from '../cloudformation/functions.ts';
import { didYouMean, type Setting } from '../setting.ts';
import { madeTree, type Made, type Tree } from '../tree.ts';
import { ids } from './naming.ts';

/** A function of a service, with its events. */
export interface ServiceFunction {
  /** Its key in the configuration, which is its name on this machine: `function:KEY`. */
  readonly key: string;
  /** Its logical id. */
  readonly id: string;
  /** Its name where it is deployed. */
  readonly name: string;
  readonly setting: Setting;
  readonly events: readonly FunctionEvent[];
}
export interface FunctionEvent {
  /** `http`, `httpApi`, `schedule`, ... */
  readonly kind: string;
  readonly value: Setting;
}

/** A configuration of the Serverless Framework, as all readers of its parts see it. */
export interface Service {
  readonly name: string;
  readonly stage: string;
  readonly root: Setting;
  readonly provider: Setting;
  readonly functions: readonly ServiceFunction[];
  /** Whether the framework refuses what its schema does not know; else it warns. */
  readonly strict: boolean;
}

/** Resources by their logical ids. */
export type Resources = Record<string, Tree>;

export function serviceOf(root: Setting, stage: string | undefined): Service {
  const provider = root.get('provider');
  const service = root.get('service');
  // Older configurations give the service as a map.
  const name = textOf(service.kind === 'map' ? service.get('name') : service) ?? 'service';
  const usual = textOf(provider.get('stage')) ?? 'dev';
  const chosen = stage ?? usual;
  const functions = root
    .get('functions')
    .entries()
    .filter(([, setting]) => setting.kind === 'map')
    .map(([key, setting]): ServiceFunction => {
      const called = textOf(setting.get('name')) ?? `${name}-${chosen}-${key}`;
      return { key, id: ids.function(key), name: called, setting, events: eventsOf(setting.get('events')) };
    });
  return { name, stage: chosen, root, provider, functions, strict: root.get('configValidationMode').string() === 'error' };
}

/** `- http: GET /`, `- schedule: rate(1 day)`, or the kind alone. */
function eventsOf(events: Setting): FunctionEvent[] {
  return events.items().flatMap((event): FunctionEvent[] => {
    if (event.kind === 'scalar') return [{ kind: event.string() ?? '', value: event }];
    return event.entries().map(([kind, value]) => ({ kind, value }));
  });
}

export const resource = (type: string, properties: Made, at: Setting): Tree =>
  madeTree({ Type: type, Properties: properties }, at.tree ?? { kind: 'scalar', value: null, line: 0, column: 0 });

/** Whether a value is a function of CloudFormation, which is worked out later. */
export const isCall = (setting: Setting): boolean => setting.tree !== undefined && callOf(setting.tree) !== undefined;

/** A text that stands there; undefined for what CloudFormation makes. */
export const textOf = (setting: Setting): string | undefined => (setting.kind === 'scalar' && !isCall(setting) ? setting.string() : undefined);

/** `true`, or anything that says more. */
export const isOn = (setting: Setting): boolean => setting.exists && (setting.kind !== 'scalar' || setting.boolean() === true);

/** What is passed on as it stands. */
export const given = (setting: Setting): Tree | undefined => (setting.exists ? setting.tree : undefined);

/** What goes into a text that is put together: it is read there. */
export function inText(setting: Setting): Tree | undefined {
  setting.settle();
  return given(setting);
}

/** Properties that the framework's schema does not have do nothing; it warns, or refuses them where the service asks it to. */
export function checkKeys(setting: Setting, known: readonly string[], { strict }: Service): void {
  if (setting.kind !== 'map') return;
  for (const key of setting.keys()) {
    if (known.includes(key)) continue;
    const one = setting.get(key);
    const message = `${setting.name} has no property ${JSON.stringify(key)}`;
    const hint = `expected ${known.join(', ')}${didYouMean(key, known)}`;
    if (strict) one.problem('DG1201', message, hint);
    else one.warning('DG1201', message, hint);
    one.ignored('the framework knows no such property');
  }
}

/** The ARN of a function of the service, for CloudFormation. */
export const arnOf = ({ id }: ServiceFunction): Made => ({ 'Fn::GetAtt': [id, 'Arn'] });

/** The ARN of a function that is given by it. What is made elsewhere is a function by the name under which it was looked for. */
export function arnIn(setting: Setting): Made {
  const call = setting.tree === undefined ? undefined : callOf(setting.tree);
  const imported = call?.name === 'ImportValue' && call.argument.kind === 'scalar' ? String(call.argument.value) : undefined;
  const name = imported ?? textOf(setting);
  if (name === undefined || name.startsWith('arn:')) return inText(setting);
  const called = name.replaceAll(/[^\w.-]+/g, '-').replaceAll(/^-|-$/g, '');
  setting.approximately(`the function is made elsewhere: function:${called} stands for it`).settle();
  return { 'Fn::Sub': `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:${called}` };
}

/** The address at which API Gateway invokes a function by its ARN. */
export const invocationOf = (arn: Made): Made => ({
  'Fn::Join': ['', [{ 'Fn::Sub': 'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/' }, arn, '/invocations']],
});

/** Whether a value is the `Ref` of one of the service's own resources. */
export function refersTo(setting: Setting, { root }: Service): boolean {
  const call = setting.tree === undefined ? undefined : callOf(setting.tree);
  if (call?.name !== 'Ref' || call.argument.kind !== 'scalar') return false;
  return root.get('resources').get('Resources').get(String(call.argument.value)).exists;
}
