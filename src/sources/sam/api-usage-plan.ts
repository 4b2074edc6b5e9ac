import type { Made } from '../tree.ts';
import { membersOf, plainResource, type Plain, type SamResource } from './model.ts';

/** The usage plan that an API has to itself, and the key of it. */
export function unfoldUsagePlan(api: SamResource): Plain {
  const plan = api.properties.get('Auth').get('UsagePlan');
  return plan.get('CreateUsagePlan').oneOf('PER_API', 'SHARED', 'NONE') === 'PER_API' ? planOf(api.id, [api]) : {};
}

/** The one that all APIs share which ask for that. */
export function unfoldSharedPlan(apis: readonly SamResource[]): Plain {
  const sharing = apis.filter((api) => api.properties.get('Auth').get('UsagePlan').get('CreateUsagePlan').string() === 'SHARED');
  return sharing.length === 0 ? {} : planOf('Serverless', sharing);
}

/** What the last one says of the plan stands. */
function planOf(name: string, apis: readonly SamResource[]): Plain {
  const last = apis.at(-1) as SamResource;
  const stages = apis.map(({ id, properties }): Made => ({ ApiId: id, Stage: properties.get('StageName').tree }));
  const [plan, key] = [`${name}UsagePlan`, `${name}ApiKey`];
  const said = membersOf(last.properties.get('Auth').get('UsagePlan'), ['CreateUsagePlan']);
  for (const api of apis)
    if (api !== last) api.properties.get('Auth').get('UsagePlan').leftToOthers('the last API that shares the plan says what it grants');
  return {
    [plan]: plainResource('AWS::ApiGateway::UsagePlan', { ...said, ApiStages: stages }, last),
    [key]: plainResource('AWS::ApiGateway::ApiKey', { Enabled: true }, last),
    [`${name}UsagePlanKey`]: plainResource('AWS::ApiGateway::UsagePlanKey', { KeyId: key, KeyType: 'API_KEY', UsagePlanId: plan }, last),
  };
}
