import type { StepKind } from '../../../engine/kit.ts';
import { refuse } from '../../../engine/outcome.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import { ownFault } from '../../../model/fault.ts';
import { conditionKeysOf, iamCallers, localAccount, type Origins } from '../../aws/iam/caller.ts';
import { compilePolicy, type Decision, type Policy } from '../../aws/iam/policy.ts';
import { methodArn, type Place } from './place.ts';

export interface ResourcePolicyOptions extends Place {
  readonly policy: unknown;
  readonly origins: Origins;
  /** `allow`: it must let the caller in. `no-deny`: something else may do so. */
  readonly needs: 'allow' | 'no-deny';
}

/** What the policy of the API says of a request: Lambda authorizers are judged together with it. */
export const resourceDecisions: Slot<Decision> = slot('aws-rest/resource-decision');

/**
 * Resources of an API's own policy: `execute-api:/STAGE/METHOD/PATH` is short for the whole name, and region, account and API of a
 * whole name are those of the deployed API, whatever they are.
 */
const resourceOf =
  (api: string) =>
  (pattern: string): string => {
    const rest = /^(?:execute-api:|arn:[^:]*:execute-api:[^:]*:[^:]*:[^/]*)(\/.*)$/s.exec(pattern)?.[1];
    return rest === undefined ? pattern : `arn:aws:execute-api:us-east-1:${localAccount}:${api}${rest}`;
  };

/** @throws TypeError where it is no policy, or holds what is not understood */
export const compileResourcePolicy = (document: unknown, api: string, uses?: (key: string) => void): Policy =>
  compilePolicy(document, { principals: true, resource: resourceOf(api), ...(uses === undefined ? {} : { uses }) });

/** Lets pass whom the policy of an API lets pass. Source: the developer guide, "How API Gateway resource policies affect authorization workflow". */
export const resourcePolicy: StepKind<ResourcePolicyOptions> = {
  kind: 'aws-rest/resource-policy',
  create(options, deps) {
    const policy = compileResourcePolicy(options.policy, options.api);
    return (exchange) => {
      const caller = exchange.read(iamCallers);
      const principal = caller === undefined ? null : { arn: caller.userArn, account: caller.accountId };
      const keys = conditionKeysOf(exchange, (exchange.clock ?? deps.clock).now(), options.origins);
      const arn = methodArn(exchange, options);
      const decision = policy.decide({ arn, principal, keys });
      exchange.write(resourceDecisions, decision);
      if (decision === 'allow' || (decision === 'silent' && options.needs === 'no-deny')) return undefined;
      exchange.note(`the policy of the API ${decision === 'deny' ? 'denies' : 'does not allow'} ${arn}`);
      return refuse(ownFault('aws-rest/policy-denied', { who: caller?.userArn ?? 'anonymous', arn, explicit: decision === 'deny' }));
    };
  },
};
