import { createHash, timingSafeEqual } from 'node:crypto';
import type { StepKind } from '../engine/kit.ts';
import { refuse } from '../engine/outcome.ts';
import { basicCredentials } from '../http/credentials.ts';
import { fault } from '../model/fault.ts';
import type { Consumer } from './consumers.ts';

export interface BasicOptions {
  readonly users: readonly { readonly user: string; readonly password: string; readonly consumer: Consumer | null }[];
  readonly hide: boolean;
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Finds the caller by user name and password, RFC 7617. */
export const basicStep: StepKind<BasicOptions> = {
  kind: 'basic',
  create({ users, hide }) {
    const known = new Map(users.map(({ user, password, consumer }) => [user, { digest: digest(password), consumer }]));
    const nobody = { digest: digest(''), consumer: null };
    return (exchange) => {
      const field = exchange.arrived.headers.get('authorization');
      if (field === undefined) return refuse(fault('unauthenticated', { scheme: 'Basic', reason: 'no credentials were sent', missing: true }));
      const given = basicCredentials(field);
      const user = known.get(given?.user ?? '') ?? nobody;
      // The comparison takes as long for an unknown user as for a wrong password.
      const same = timingSafeEqual(digest(given?.password ?? ''), user.digest);
      if (!same || user === nobody) return refuse(fault('unauthenticated', { scheme: 'Basic', reason: 'the credentials are wrong', missing: false }));
      if (user.consumer !== null) exchange.caller.consumer = user.consumer;
      if (hide) exchange.outgoing.headers.remove('authorization');
      return undefined;
    };
  },
};
