import type { ConfiguredFunction, LocalUpstream } from '../../model/gateway.ts';
import type { Files } from '../../sources/files.ts';
import { nameInMetadata } from '../../sources/cloudformation/scope.ts';
import type { Resource } from '../../sources/cloudformation/template.ts';
import type { Setting } from '../../sources/setting.ts';
import type { Source } from '../../sources/source.ts';
import { codeOf, folderOf, type Code } from './function-code.ts';

/** Types that are read here and by no gateway. */
export const functionTypes: ReadonlySet<string> = new Set(['AWS::Lambda::Function', 'AWS::Lambda::LayerVersion']);

/**
 * What runs for the functions that a template itself defines, under the names that its routes and authorizers call them by. A function that
 * this machine cannot run by itself is named all the same, so that what the user puts in its place is found by each of its names.
 */
export function functionsOf(resources: readonly Resource[], { folder }: Source, files: Files): Record<string, LocalUpstream> {
  const layers = new Map<string, string>();
  for (const { id, type, setting, properties } of resources) {
    if (type !== 'AWS::Lambda::LayerVersion') continue;
    const found = folderOf(properties.get('Content'), setting, folder, files);
    if (found !== undefined) layers.set(id, found);
    for (const name of properties.keys()) if (name !== 'Content') properties.get(name).ignored('names and describes the layer');
    setting.leftToOthers('the layer is not beside the template');
  }
  return Object.fromEntries(
    resources
      .filter(({ type }) => type === 'AWS::Lambda::Function')
      .map((one) => [`function:${calledOf(one)}`, readFunction(one, folder, files, layers)]),
  );
}

function readFunction(one: Resource, folder: string, files: Files, layers: ReadonlyMap<string, string>): ConfiguredFunction {
  const { id, setting, properties } = one;
  const name = textIn(properties.get('FunctionName'));
  const called = calledOf(one);
  const also = [id, name, constructOf(setting)].flatMap((each) => each ?? []).filter((each) => each !== called);
  const named = { ...(name === undefined ? {} : { name }), ...(also.length === 0 ? {} : { also }) };
  const found = codeFor(id, setting, properties, folder, files);
  if (typeof found === 'string') {
    properties.ignored(`${found}: say what runs with --upstream function:${called}=...`);
    setting.leftToOthers('concerns the deployment');
    return { ...named, function: { elsewhere: found } };
  }
  for (const key of properties.keys()) if (!acts.has(key)) properties.get(key).ignored(whyIgnored[key] ?? 'concerns the deployment');
  const environment = properties
    .get('Environment')
    .get('Variables')
    .entries()
    .map(([key, value]) => [key, textIn(value) ?? '']);
  const timeout = numberIn(properties.get('Timeout'));
  const memory = numberIn(properties.get('MemorySize'));
  const used = properties
    .get('Layers')
    .items()
    .flatMap((item) => layerOf(item, layers) ?? []);
  setting.leftToOthers('concerns the deployment');
  return {
    ...named,
    ...found,
    environment: { _HANDLER: textIn(properties.get('Handler')) ?? '', ...Object.fromEntries(environment) },
    ...(timeout === undefined ? {} : { timeoutMs: timeout * 1_000 }),
    ...(memory === undefined ? {} : { memoryMb: memory }),
    ...(used.length === 0 ? {} : { layers: used }),
  };
}

/** A packaging may know a function by another name than its logical id, under which all that calls it finds it. */
const calledOf = ({ id, setting }: Resource): string => textIn(setting.get('Metadata').get(nameInMetadata)) ?? id;
/** Logical ids of the CDK end in a hash: people know the path in the app, `Shop/Orders`. */
const constructOf = (setting: Setting): string | undefined => /^(.+)\/Resource$/.exec(textIn(setting.get('Metadata').get('aws:cdk:path')) ?? '')?.[1];

/** What is run, or why nothing is. */
function codeFor(id: string, setting: Setting, properties: Setting, folder: string, files: Files): Code | string {
  const runtime = textIn(properties.get('Runtime').approximately('runs in the Node.js that runs the gateway'));
  const handler = textIn(properties.get('Handler'));
  if (handler === undefined) return 'images are not run by themselves';
  // The Serverless Framework has a default.
  if (runtime?.startsWith('nodejs') === false) return `functions in ${runtime} are not run by themselves`;
  return (
    codeOf({ id, setting, code: properties.get('Code'), handler, folder, files }) ??
    `there is no module of the handler ${handler} beside the template`
  );
}

/** What acts here; everything else of a function is about where it runs in production. */
const acts: ReadonlySet<string> = new Set(['FunctionName', 'Code', 'Handler', 'Runtime', 'Environment', 'Timeout', 'MemorySize', 'Layers']);
const whyIgnored: Readonly<Record<string, string>> = {
  Role: 'permissions do nothing on this machine: a function may do what you may',
  VpcConfig: 'a function reaches what this machine reaches',
  TracingConfig: 'nothing is traced here',
  LoggingConfig: 'what a function prints is printed',
  DeadLetterConfig: 'events that nobody waits for do not come from a gateway',
  Architectures: 'a function runs on the processor of this machine',
  EphemeralStorage: 'the temporary folder is that of this machine',
  FileSystemConfigs: 'file systems are not mounted here',
  KmsKeyArn: 'variables are not encrypted here',
  CodeSigningConfigArn: 'signatures of code are not checked here',
  ReservedConcurrentExecutions: 'ten invocations run at once here, more wait',
  SnapStart: 'no runtime of Node.js has it',
  RuntimeManagementConfig: 'the runtime is the Node.js that runs the gateway',
  PackageType: 'says how the code is packed',
  Tags: 'describes the function for people',
  Description: 'describes the function for people',
};

/** What is no text is of no use here, and no mistake: only the deployment knows it. */
function textIn(setting: Setting): string | undefined {
  if (setting.kind === 'scalar') return setting.string();
  setting.ignored('is no text until it is deployed');
  return undefined;
}

/** A value that only the deployment knows leaves the default. */
function numberIn(setting: Setting): number | undefined {
  const value = Number(textIn(setting) ?? '');
  return value > 0 ? value : undefined;
}

function layerOf(item: Setting, layers: ReadonlyMap<string, string>): string | undefined {
  const found = layers.get(textIn(item) ?? '');
  if (found === undefined) item.ignored('this layer is not in the template: what a function needs of it must be in its own folder');
  return found;
}
