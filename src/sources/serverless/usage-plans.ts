import type { Setting } from '../setting.ts';
import type { Made } from '../tree.ts';
import { ids } from './naming.ts';
import type { RestProvider } from './rest-provider.ts';
import { given, resource, type Resources, type Service } from './service.ts';

/**
 * `apiKeys`: names, maps with name and value, or a list of these for each plan. `usagePlan`: one plan, or a list of named ones.
 * Source: lib/api-keys.js, lib/usage-plan.js and lib/usage-plan-keys.js beside the events of API Gateway.
 */
export function usagePlansOf({ provider, name, stage }: Service, rest: RestProvider): Resources {
  // Releases before 3 have both at the provider itself.
  const of = (key: string): Setting => [provider.get('apiGateway').get(key), provider.get(key)].find((one) => one.exists) ?? provider.get(key);
  const [keys, plan] = [of('apiKeys'), of('usagePlan')];
  if (!keys.exists && !plan.exists) return {};
  const plans = plan.kind === 'list' ? plan.items().flatMap((one) => one.entries()) : [['', plan] as const];
  const made: Resources = {};
  for (const [called, setting] of plans) {
    const at = setting.exists ? setting : keys;
    const title = called === '' ? `${name}-${stage}` : `${name}-${called}-${stage}`;
    made[ids.usagePlan(called)] = resource('AWS::ApiGateway::UsagePlan', planProperties(setting, title, rest), at);
  }
  let number = 0;
  for (const key of keys.items()) {
    const [[called, list] = []] = key.kind === 'map' ? key.entries() : [];
    if (called !== undefined && list?.kind === 'list') {
      if (!plans.some(([one]) => one === called))
        key.problem('DG1205', `there is no usage plan ${JSON.stringify(called)} for these API keys`, 'expected its name in usagePlan');
      for (const [at, one] of list.items().entries()) Object.assign(made, keyOf(one, at + 1, called, rest));
    } else Object.assign(made, keyOf(key, (number += 1), '', rest));
  }
  return made;
}

/** `quota` and `throttle` of a plan. */
export function planProperties(setting: Setting, title: string, { restApi, stage }: RestProvider): Made {
  const [quota, throttle] = [setting.get('quota'), setting.get('throttle')];
  return {
    UsagePlanName: title,
    ApiStages: [{ ApiId: restApi, Stage: stage }],
    Quota: quota.exists ? { Limit: given(quota.get('limit')), Offset: given(quota.get('offset')), Period: given(quota.get('period')) } : undefined,
    Throttle: throttle.exists ? { BurstLimit: given(throttle.get('burstLimit')), RateLimit: given(throttle.get('rateLimit')) } : undefined,
  };
}

function keyOf(key: Setting, number: number, plan: string, { restApi, stage }: RestProvider): Resources {
  const id = ids.apiKey(number, plan);
  const isMap = key.kind === 'map';
  const properties = {
    Name: isMap ? given(key.get('name')) : given(key),
    Value: isMap ? given(key.get('value')) : undefined,
    Description: isMap ? given(key.get('description')) : undefined,
    CustomerId: isMap ? given(key.get('customerId')) : undefined,
    Enabled: (isMap ? given(key.get('enabled')) : undefined) ?? true,
    StageKeys: [{ RestApiId: restApi, StageName: stage }],
  };
  return {
    [id]: resource('AWS::ApiGateway::ApiKey', properties, key),
    [ids.usagePlanKey(number, plan)]: resource(
      'AWS::ApiGateway::UsagePlanKey',
      { KeyId: { Ref: id }, KeyType: 'API_KEY', UsagePlanId: { Ref: ids.usagePlan(plan) } },
      key,
    ),
  };
}
