import { nameInMetadata } from '../cloudformation/scope.ts';
import type { Setting } from '../setting.ts';
import { madeTree, type Made, type Tree } from '../tree.ts';
import { given, isCall, type Resources, type Service, type ServiceFunction } from './service.ts';

const permissions = 'permissions and networks do nothing on this machine';
const deployment = 'concerns how the function is deployed';
const running = 'concerns how AWS runs the function';

/** What a function has that no request meets. */
const unread: Readonly<Record<string, string>> = {
  package: deployment,
  build: deployment,
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
  logs: 'where production keeps its logs does nothing here',
  logRetentionInDays: 'where production keeps its logs does nothing here',
  logDataProtectionPolicy: 'where production keeps its logs does nothing here',
  disableLogs: 'where production keeps its logs does nothing here',
  dependsOn: deployment,
  versionFunction: deployment,
  condition: deployment,
};

/** The functions of a service, with what the provider says of all of them. Source: lib/plugins/aws/package/compile/functions.js. */
export function functionsOf(service: Service): Resources {
  return Object.fromEntries(service.functions.map((one) => [one.id, functionOf(one, service)]));
}

function functionOf({ key, name, setting }: ServiceFunction, { provider }: Service): Tree {
  const of = (property: string): Tree | undefined => given(setting.get(property)) ?? given(provider.get(property));
  for (const [property, why] of Object.entries(unread)) setting.get(property).ignored(why);
  const variables = environmentOf(provider.get('environment'), setting.get('environment'));
  return madeTree(
    {
      Type: 'AWS::Lambda::Function',
      // A service calls its functions by their keys: so does who maps them.
      Metadata: { [nameInMetadata]: key },
      Properties: {
        FunctionName: name,
        Handler: of('handler'),
        Runtime: of('runtime'),
        MemorySize: of('memorySize') ?? 1024,
        Timeout: of('timeout') ?? 6,
        Environment: variables === undefined ? undefined : { Variables: variables },
        Layers: of('layers'),
        // The folder of the service is what is packaged.
        Code: '.',
      },
    },
    setting.tree as Tree,
  );
}

/** The function's own variables stand above the provider's, one by one. */
function environmentOf(common: Setting, own: Setting): Made {
  if ([common, own].some((one) => one.exists && (one.kind !== 'map' || isCall(one)))) return given(own) ?? given(common);
  const merged = [...common.entries(), ...own.entries()];
  return merged.length === 0 ? undefined : Object.fromEntries(merged.map(([name, value]) => [name, value.tree]));
}
