import type { Exchange } from '../../../engine/exchange.ts';
import { localAccount } from '../../aws/iam/caller.ts';
import type { StageFacts } from '../context.ts';
import { pathInPlace } from '../place.ts';

/** Which API of which stage is guarded. */
export interface Place extends StageFacts {
  readonly api: string;
}

/** How policies name the method that is asked for: by the path of the request, not by the resource. */
export const methodArn = (exchange: Exchange, { api, stage }: Place): string =>
  `arn:aws:execute-api:us-east-1:${localAccount}:${api}/${stage}/${exchange.method}${pathInPlace(exchange)}`;
