import type { Step } from '../../../model/gateway.ts';
import type { Setting } from '../../../sources/setting.ts';
import type { Place } from './place.ts';
import { compileResourcePolicy, type ResourcePolicyOptions } from './resource-policy.ts';
import { isMap } from '../../aws/data.ts';

/** The guard that the policy of an API makes; null: it has none. */
export type ReadPolicy = { readonly step: ((needs: ResourcePolicyOptions['needs']) => Step) | null } | { readonly unsupported: string };

/** Where a request comes from, as the user would have it: what this machine cannot be. */
const given = { 'aws:sourcevpc': 'awsSourceVpc', 'aws:sourcevpce': 'awsSourceVpce', 'aws:vpcsourceip': 'awsSourceIp' } as const;

/** `x-amazon-apigateway-policy`: a policy document, or its text. */
export function readResourcePolicy(setting: Setting, place: Place, variables: Readonly<Record<string, string>>): ReadPolicy {
  if (!setting.exists) return { step: null };
  const policy = documentOf(setting);
  const keys = new Set<string>();
  try {
    compileResourcePolicy(policy, place.api, (key) => keys.add(key.toLowerCase()));
  } catch (error) {
    setting.warning('DG1208', `the resource policy holds ${(error as Error).message}`, 'which is not supported: all methods answer 501');
    return { unsupported: 'the resource policy' };
  }
  for (const [key, name] of Object.entries(given))
    if (keys.has(key) && variables[name] === undefined)
      setting.warning(
        'DG1208',
        `the resource policy asks for ${key}, which no request of this machine has`,
        `give the variable ${name} to stand for it`,
      );
  const origins = { sourceIp: variables['awsSourceIp'], sourceVpc: variables['awsSourceVpc'], sourceVpce: variables['awsSourceVpce'] };
  return {
    step: (needs) => ({
      kind: 'aws-rest/resource-policy',
      options: { ...place, policy, origins, needs } satisfies ResourcePolicyOptions,
      origin: setting.origin,
    }),
  };
}

function documentOf(setting: Setting): unknown {
  const value = setting.value();
  try {
    const document = (typeof value === 'string' ? JSON.parse(value) : value) as Record<string, unknown>;
    // One statement and a list of one say the same.
    return isMap(document['Statement']) ? { ...document, Statement: [document['Statement']] } : document;
  } catch {
    return undefined;
  }
}
