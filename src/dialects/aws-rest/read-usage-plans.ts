import type { Resource } from '../../sources/cloudformation/template.ts';
import type { Setting } from '../../sources/setting.ts';
import type { ApiKey, Throttle, UsagePlan } from './usage-plan.ts';

/** The resources of these types of API Gateway: `UsagePlan`. */
export type ResourcesOf = (...names: string[]) => readonly Resource[];

/** Nothing where neither number is given; a missing one is the account's (10,000 each second, 5,000 at once). */
export function readThrottle(rate: Setting, burst: Setting): Throttle | null {
  const given = { rate: rate.number({ min: 0 }), burst: burst.number({ min: 0, integer: true }) };
  return given.rate === undefined && given.burst === undefined ? null : { rate: given.rate ?? 10_000, burst: given.burst ?? 5_000 };
}

/** Keys that are enabled and belong to a plan of this stage. */
export function keysOf(of: ResourcesOf, api: string, stage: string): (method: string) => readonly ApiKey[] {
  const links = of('UsagePlanKey').map(({ properties }) => {
    properties.get('KeyType').oneOf('API_KEY');
    return { key: properties.get('KeyId').string(), plan: properties.get('UsagePlanId').string() };
  });
  const keys = of('ApiKey').flatMap(({ id, properties }) => {
    for (const name of properties.keys()) if (name !== 'Value' && name !== 'Enabled') properties.get(name).ignored('describes the key for people');
    const value = properties.get('Value').string();
    if (value === undefined) properties.warning('DG1204', `the API key ${id} has no Value`, 'AWS makes one up: no request can present it here');
    else if (value.length < 20 || value.length > 128)
      properties.get('Value').problem('DG1203', `the API key ${id} has ${value.length} characters`, 'expected 20 to 128');
    const enabled = properties.get('Enabled').boolean() === true;
    return value !== undefined && enabled ? [{ id, value }] : [];
  });
  const plans = of('UsagePlan').flatMap(({ id, properties }) => {
    for (const name of ['UsagePlanName', 'Description', 'Tags']) properties.get(name).ignored('describes the plan for people');
    const here = properties
      .get('ApiStages')
      .items()
      .filter((one) => one.get('ApiId').string() === api && [stage, `${api}.Stage`].includes(one.get('Stage').string() ?? ''));
    return here.length === 0 ? [] : [readPlan(id, properties, here[0] as Setting)];
  });
  return (method) =>
    keys.flatMap((key) => {
      const plan = plans.find((one) => links.some((link) => link.key === key.id && link.plan === one.id));
      return plan === undefined ? [] : [{ ...key, plan: plan.at(method) }];
    });
}

function readPlan(id: string, properties: Setting, stage: Setting): { readonly id: string; readonly at: (method: string) => UsagePlan } {
  const throttle = readThrottle(properties.get('Throttle').get('RateLimit'), properties.get('Throttle').get('BurstLimit'));
  const quota = properties.get('Quota');
  const limit = quota.get('Limit').number({ min: 0, integer: true });
  const per = quota.get('Period').oneOf('DAY', 'WEEK', 'MONTH')?.toLowerCase() as 'day' | 'week' | 'month' | undefined;
  const offsetDays = quota.get('Offset').number({ min: 0, integer: true }) ?? 0;
  const methods = new Map(
    stage
      .get('Throttle')
      .entries()
      .map(([name, one]) => [name, readThrottle(one.get('RateLimit'), one.get('BurstLimit'))]),
  );
  const plan = { id, throttle, quota: limit === undefined || per === undefined ? null : { limit, per, offsetDays } };
  return { id, at: (method) => ({ ...plan, methodThrottle: methods.get(method) ?? null }) };
}
