import type { Setting } from '../setting.ts';
import { isCall, type Service } from './service.ts';

const tools = 'is for the command line of the framework';
const permissions = 'permissions and networks do nothing on this machine';
const deployment = 'concerns how the service is deployed';
const logsElsewhere = 'where production keeps its logs does nothing here';

/** What surrounds functions and resources, and why no request meets it. */
const ofService: Readonly<Record<string, string>> = {
  app: tools,
  org: tools,
  tenant: tools,
  licenseKey: tools,
  frameworkVersion: tools,
  configValidationMode: tools,
  deprecationNotificationMode: tools,
  unresolvedVariablesNotificationMode: tools,
  variablesResolutionMode: tools,
  disabledDeprecations: tools,
  console: tools,
  configSchema: tools,
  dashboard: tools,
  outputs: 'says what others may ask this service for',
  package: deployment,
  build: 'the code is run as it stands',
  constructs: 'resources that a plugin makes are not made here',
  ai: 'agents are no part of the gateway',
  agents: 'agents are no part of the gateway',
  mcp: 'is served by no gateway that is mirrored here',
};
const ofProvider: Readonly<Record<string, string>> = {
  region: 'there is one region on this machine',
  profile: permissions,
  credentials: permissions,
  iam: permissions,
  iamRoleStatements: permissions,
  iamManagedPolicies: permissions,
  role: permissions,
  rolePermissionsBoundary: permissions,
  cfnRole: permissions,
  vpc: permissions,
  kmsKeyArn: permissions,
  tags: 'describes the service for people',
  stackTags: 'describes the service for people',
  stackName: deployment,
  stackParameters: deployment,
  stackPolicy: deployment,
  deploymentBucket: deployment,
  deploymentPrefix: deployment,
  deploymentMethod: deployment,
  notificationArns: deployment,
  rollbackConfiguration: deployment,
  disableRollback: deployment,
  versionFunctions: deployment,
  lambdaHashingVersion: deployment,
  enableLegacyDeploymentBucket: deployment,
  eventBridge: deployment,
  kinesis: deployment,
  s3: deployment,
  ecr: deployment,
  architecture: 'says on which processors AWS runs the functions',
  runtimeManagement: 'says how AWS runs the functions',
  snapStart: 'says how AWS runs the functions',
  cloudFront: 'stands before the gateway',
  logRetentionInDays: logsElsewhere,
  logDataProtectionPolicy: logsElsewhere,
  usage: 'describes the service for people',
};

const packaging = 'concerns how the function is deployed';
const running = 'concerns how AWS runs the function';
/** What a function has that no request meets. */
const ofFunction: Readonly<Record<string, string>> = {
  package: packaging,
  build: packaging,
  role: permissions,
  vpc: permissions,
  iamRoleStatements: permissions,
  iamRoleStatementsName: permissions,
  iamRoleStatementsInherit: permissions,
  kmsKeyArn: permissions,
  awsKmsKeyArn: permissions,
  url: 'a function URL is an address of its own, outside the gateway',
  description: 'describes the function for people',
  tags: 'describes the function for people',
  reservedConcurrency: running,
  provisionedConcurrency: running,
  snapStart: running,
  ephemeralStorageSize: running,
  architecture: running,
  runtimeManagement: running,
  fileSystemConfig: running,
  image: 'an image is run by the command or address that is mapped to the function',
  maximumRetryAttempts: 'is for invocations that nobody waits for',
  maximumEventAge: 'is for invocations that nobody waits for',
  destinations: 'is for invocations that nobody waits for',
  onError: 'is for invocations that nobody waits for',
  tracing: 'nothing is traced here',
  logs: logsElsewhere,
  logRetentionInDays: logsElsewhere,
  logDataProtectionPolicy: logsElsewhere,
  disableLogs: logsElsewhere,
  dependsOn: packaging,
  versionFunction: packaging,
  condition: packaging,
};

const readOfFunction = ['handler', 'name', 'runtime', 'memorySize', 'timeout', 'environment', 'layers', 'events', 'httpApi'];
const readOfProvider = [
  'name',
  'stage',
  'runtime',
  'memorySize',
  'timeout',
  'environment',
  'layers',
  'apiGateway',
  'httpApi',
  'apiKeys',
  'usagePlan',
  'resourcePolicy',
  'logs',
  'tracing',
  'apiName',
  'endpointType',
  'vpcEndpointIds',
  'domain',
  'domains',
];
/** What only variables take is settled where it was taken to, `configuration.ts` the rest of it. */
const readOfService = ['service', 'provider', 'functions', 'layers', 'resources', 'plugins', 'custom', 'params', 'stages', 'useDotenv'];
const gatewaysOfProvider = ['alb', 'websocket', 'websocketsApiName', 'websocketsApiRouteSelectionExpression', 'websocketsDescription'];

/** Settles what surrounds functions and resources, and what CloudFormation's functions are given. */
export function settleRest({ root, provider, functions }: Service): void {
  settleCalls(root);
  settleKeys(root, ofService, readOfService, 'no part of the framework that is mirrored reads it');
  settleKeys(provider, ofProvider, [...readOfProvider, ...gatewaysOfProvider], 'no part of the framework that is mirrored reads it');
  for (const name of gatewaysOfProvider) provider.get(name).leftToOthers('belongs to a gateway of another kind');
  const { tracing, logs } = { tracing: provider.get('tracing'), logs: provider.get('logs') };
  settleKeys(tracing, {}, ['apiGateway'], 'nothing is traced here');
  settleKeys(logs, {}, ['restApi', 'httpApi'], logsElsewhere);
  for (const one of [tracing.get('apiGateway'), logs.get('restApi'), logs.get('httpApi')])
    one.leftToOthers('the framework makes no API of that kind');
  // Where each function says it for itself, and where there is none.
  for (const name of ['timeout', 'memorySize', 'runtime', 'environment', 'layers'])
    provider.get(name).leftToOthers('no function takes it from the provider');
  for (const { setting } of functions) settleKeys(setting, ofFunction, readOfFunction, 'no part of the framework that is mirrored reads it');
}

/** Each key has its own reason, those that are read none, and all others `otherwise`. */
function settleKeys(setting: Setting, reasons: Readonly<Record<string, string>>, read: readonly string[], otherwise: string): void {
  if (setting.kind !== 'map') return;
  for (const key of setting.keys()) {
    if (read.includes(key)) continue;
    const one = setting.get(key);
    const why = Object.hasOwn(reasons, key) ? (reasons[key] as string) : otherwise;
    // A variable may take a single value to where it is read.
    if (one.kind === 'scalar' && !isCall(one)) one.leftToOthers(why);
    else one.ignored(why);
  }
}

/** What a function of CloudFormation is given counts where its value does. */
function settleCalls(setting: Setting): void {
  if (isCall(setting) && setting.kind !== 'scalar') setting.settle();
  else if (setting.kind === 'map') for (const [, one] of setting.entries()) settleCalls(one);
  else if (setting.kind === 'list') for (const one of setting.items()) settleCalls(one);
}
