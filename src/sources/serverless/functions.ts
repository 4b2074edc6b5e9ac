import { nameInMetadata } from '../cloudformation/scope.ts';
import type { Setting } from '../setting.ts';
import { madeTree, type Made, type Tree } from '../tree.ts';
import { given, isCall, type Resources, type Service, type ServiceFunction } from './service.ts';

/** The functions of a service, with what the provider says of all of them. Source: lib/plugins/aws/package/compile/functions.js. */
export function functionsOf(service: Service): Resources {
  return Object.fromEntries(service.functions.map((one) => [one.id, functionOf(one, service)]));
}

function functionOf({ key, name, setting }: ServiceFunction, { provider }: Service): Tree {
  const of = (property: string): Tree | undefined => given(setting.get(property)) ?? given(provider.get(property));
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
