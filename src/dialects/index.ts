import { awsHttp } from './aws-http/index.ts';
import { awsRest } from './aws-rest/index.ts';
import type { Dialect } from './dialect.ts';
import { gatewayApi } from './gateway-api/index.ts';
import { kong } from './kong/index.ts';
import { native } from './native/index.ts';
import { nginx } from './nginx/index.ts';

/** The only list of dialects in the product. Order decides nothing: a source that several recognise is an error. */
export const dialects: readonly Dialect[] = [native, kong, nginx, awsRest, awsHttp, gatewayApi];
