import type { Setting } from '../setting.ts';
import { isCall, type Service } from './service.ts';

const tools = 'is for the command line of the framework';
const permissions = 'permissions and networks do nothing on this machine';
const deployment = 'concerns how the service is deployed';
const logs = 'where production keeps its logs does nothing here';

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
  layers: 'layers are made when the service is packaged',
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
  logRetentionInDays: logs,
  logDataProtectionPolicy: logs,
  usage: 'describes the service for people',
};

/** Settles what no reader asked for. What is known to say nothing of requests says why; the rest waits for whoever reads the file beside. */
export function settleRest({ root, provider, functions }: Service): void {
  settleCalls(root);
  for (const [key, why] of Object.entries(ofService)) root.get(key).ignored(why);
  for (const [key, why] of Object.entries(ofProvider)) provider.get(key).ignored(why);
  provider.get('tracing').get('lambda').ignored('nothing is traced here');
  provider.get('logs').leftToOthers(logs);
  provider.get('tracing').leftToOthers('nothing is traced here');
  for (const name of ['alb', 'websocket', 'websocketsApiName', 'websocketsApiRouteSelectionExpression', 'websocketsDescription'])
    provider.get(name).leftToOthers('belongs to a gateway of another kind');
  for (const name of ['timeout', 'memorySize', 'runtime', 'environment', 'layers'])
    provider.get(name).leftToOthers('each function says it for itself');
  provider.leftToOthers('the framework does not know it, or a plugin reads it that is not mirrored');
  for (const { setting } of functions) setting.leftToOthers('the framework does not know it, or a plugin reads it that is not mirrored');
  for (const key of root.keys())
    if (key !== 'resources' && key !== 'functions' && key !== 'provider') root.get(key).leftToOthers('nothing that is read here asks for it');
}

/** What a function of CloudFormation is given counts where its value does. */
function settleCalls(setting: Setting): void {
  if (isCall(setting) && setting.kind !== 'scalar') setting.settle();
  else if (setting.kind === 'map') for (const [, one] of setting.entries()) settleCalls(one);
  else if (setting.kind === 'list') for (const one of setting.items()) settleCalls(one);
}
