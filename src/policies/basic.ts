import { createHash, timingSafeEqual } from 'node:crypto';
import type { StepKind } from '../engine/kit.ts';
import { refuse, type Failure } from '../engine/outcome.ts';
import { basicCredentials } from '../http/basic-credentials.ts';
import { diagnosticAt, DevgatewayError } from '../model/error.ts';
import { fault } from '../model/fault.ts';
import type { Consumer } from './api-key.ts';

export interface BasicOptions {
  readonly users: readonly { readonly user: string; readonly password: string; readonly consumer: Consumer }[];
  readonly realm: string;
  /** Whether the upstream must not see the credentials. */
  readonly hide: boolean;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Lets callers pass with a user name and password (RFC 7617). Passwords are compared in constant time, of unknown users too. */
export const basicKind: StepKind<BasicOptions> = {
  kind: 'basic',
  create({ users, realm, hide }, _deps, { origin }) {
    const known = new Map<string, { readonly password: Buffer; readonly consumer: Consumer }>();
    for (const { user, password, consumer } of users) {
      if (known.has(user)) throw new DevgatewayError(diagnosticAt('DG1206', origin, `the user ${JSON.stringify(user)} is there twice`));
      known.set(user, { password: digest(password), consumer });
    }
    const nobody = digest('');
    const refused = (reason: string, missing = false): Failure => refuse(fault('unauthenticated', { scheme: 'Basic', reason, missing, realm }));

    return (exchange) => {
      const values = exchange.arrived.headers.getAll('authorization');
      if (values.length === 0) return refused('no credentials were presented', true);
      const given = values.length === 1 ? basicCredentials(values[0] as string) : undefined;
      if (given === undefined) return refused('the Authorization field does not hold one pair of credentials');
      const account = known.get(given.user);
      const same = timingSafeEqual(digest(given.password), account?.password ?? nobody);
      if (!same || account === undefined) return refused('the user or the password is wrong');
      exchange.caller.consumer = account.consumer;
      exchange.caller.credential = { id: account.consumer.id, kind: 'basic' };
      if (hide) exchange.outgoing.headers.remove('authorization');
      return undefined;
    };
  },
};
