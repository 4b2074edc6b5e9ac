import type { Exchange } from '../../../engine/exchange.ts';
import { slot, type Slot } from '../../../engine/slot.ts';
import type { ConditionKeys } from './conditions.ts';
import type { Credentials } from './credentials.ts';

/** Whoever signed a request. */
export interface IamCaller {
  readonly accessKey: string;
  readonly accountId: string;
  readonly userId: string;
  readonly userArn: string;
}
/** Written by the steps that check signatures. */
export const iamCallers: Slot<IamCaller> = slot('aws/iam-caller');

export const localAccount = '123456789012';

/** The local credentials belong to a user of the account that templates are given. `userArn`: whom they stand for in policies. */
export function callerOf({ accessKeyId }: Credentials, userArn = `arn:aws:iam::${localAccount}:user/local`): IamCaller {
  return { accessKey: accessKeyId, accountId: /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(userArn)?.[1] ?? localAccount, userId: accessKeyId, userArn };
}

/** What `requestContext.identity` and `$context.identity` say of who signed. */
export function identityOf(caller: IamCaller | undefined): Readonly<Record<string, string>> {
  if (caller === undefined) return {};
  const { accessKey, accountId, userId, userArn } = caller;
  return { accessKey, accountId, caller: userId, user: userId, userArn };
}

/** Where requests are to seem to come from: what of it cannot be had on this machine. */
export interface Origins {
  readonly sourceIp?: string | undefined;
  readonly sourceVpc?: string | undefined;
  readonly sourceVpce?: string | undefined;
}

/** What policies may ask of a request. Production speaks TLS only, so that a request counts as having come over it. */
export function conditionKeysOf(exchange: Exchange, now: number, origins: Origins = {}): ConditionKeys {
  const { headers } = exchange.arrived;
  const caller = exchange.read(iamCallers);
  return {
    'aws:currenttime': new Date(now).toISOString(),
    'aws:epochtime': String(Math.floor(now / 1000)),
    'aws:securetransport': 'true',
    'aws:sourceip': origins.sourceIp ?? exchange.connection.remoteAddress,
    'aws:sourcevpc': origins.sourceVpc,
    'aws:sourcevpce': origins.sourceVpce,
    'aws:useragent': headers.get('user-agent'),
    'aws:referer': headers.get('referer'),
    'aws:principaltype': caller === undefined ? 'Anonymous' : 'User',
    'aws:principalarn': caller?.userArn,
    'aws:principalaccount': caller?.accountId,
    'aws:userid': caller?.userId,
    'aws:username': caller?.userArn.split('/').at(-1),
  };
}
