import type { StepKind } from '../../../engine/kit.ts';
import { refuse } from '../../../engine/outcome.ts';
import { ownFault } from '../../../model/fault.ts';
import { callerOf, iamCallers } from '../../aws/iam/caller.ts';
import type { Credentials } from '../../aws/iam/credentials.ts';
import { signatureFields, verifySignature } from '../../aws/iam/sigv4.ts';

export interface IamOptions {
  /** Null: no signature is good. */
  readonly credentials: Credentials | null;
  /** Whom the credentials stand for in policies. */
  readonly userArn: string | undefined;
}

/** Lets pass who signed the request with the credentials of this machine: they may do everything that no policy of the API denies. */
export const iam: StepKind<IamOptions> = {
  kind: 'aws-rest/iam',
  create({ credentials, userArn }, deps) {
    for (const name of signatureFields) deps.secretFields.add(name);
    return async (exchange) => {
      const { arrived, body } = exchange;
      const [path = '', query = ''] = arrived.target.split(/\?(.*)/s, 2);
      const request = { method: arrived.method, path, query, headers: arrived.headers };
      const problem = await verifySignature(request, () => body.whole(), credentials, 'execute-api', (exchange.clock ?? deps.clock).now());
      if (problem !== undefined) return refuse(ownFault('aws-rest/signature', problem));
      if (credentials !== null) exchange.write(iamCallers, callerOf(credentials, userArn));
      return undefined;
    };
  },
};
