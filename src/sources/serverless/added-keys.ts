import type { Setting } from '../setting.ts';
import type { RestProvider } from './rest-provider.ts';
import { given, resource, textOf, type Resources, type Service } from './service.ts';
import { planProperties } from './usage-plans.ts';

const plugin = 'serverless-add-api-key';

/** `custom.apiKeys` of serverless-add-api-key: keys with plans of their own, or such a list for each stage. */
export function addedKeysOf({ root, stage }: Service, plugins: readonly string[], rest: RestProvider): Resources {
  const listed = root.get('custom').get('apiKeys');
  if (!plugins.includes(plugin)) {
    listed.leftToOthers(`counts only with the plugin ${plugin}`);
    return {};
  }
  if (listed.kind === 'map') for (const key of listed.keys()) if (key !== stage) listed.get(key).leftToOthers(`is for the stage ${key}`);
  const made: Resources = {};
  for (const [at, key] of (listed.kind === 'map' ? listed.get(stage) : listed).items().entries()) {
    const [id, isMap] = [`AddedApiKey${at}`, key.kind === 'map'];
    const value = isMap ? key.get('value') : undefined;
    if (value?.kind === 'map') value.ignored('only AWS can tell the value of an encrypted key');
    const properties = { Name: given(isMap ? key.get('name') : key), Value: value?.kind === 'scalar' ? given(value) : undefined, Enabled: true };
    made[id] = resource('AWS::ApiGateway::ApiKey', properties, key);
    const plan = planOf(key, rest);
    made[plan.id] ??= plan.tree;
    made[`AddedUsagePlanKey${at}`] = resource(
      'AWS::ApiGateway::UsagePlanKey',
      { KeyId: { Ref: id }, KeyType: 'API_KEY', UsagePlanId: { Ref: plan.id } },
      key,
    );
  }
  return made;
}

/** Keys that name the same plan share it, with what is said of it first. */
function planOf(key: Setting, rest: RestProvider): { readonly id: string; readonly tree: Resources[string] } {
  const plan = key.kind === 'map' ? key.get('usagePlan') : undefined;
  const isMap = plan?.kind === 'map';
  if (isMap) plan.get('description').ignored('describes the plan for people');
  const own = plan === undefined ? undefined : textOf(isMap ? plan.get('name') : plan);
  const name = own ?? `${textOf(key.kind === 'map' ? key.get('name') : key) ?? ''}-usage-plan`;
  const at = plan?.exists === true ? plan : key;
  return { id: `AddedUsagePlan ${name}`, tree: resource('AWS::ApiGateway::UsagePlan', planProperties(at, name, rest), at) };
}
