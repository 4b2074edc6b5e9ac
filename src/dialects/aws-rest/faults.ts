import type { Exchange } from '../../engine/exchange.ts';
import type { FaultBookKind } from '../../engine/kit.ts';
import type { FaultBook, FaultDetails, OwnFaultBook, Wording } from '../../model/fault.ts';
import type { StageFacts } from './context.ts';
import type { SignatureRefusal } from '../aws/iam/sigv4.ts';
import { accessDenied, authorizerFailed, badSignature, policyDenied, tokenExpired, type PolicyDenial } from './authorizers/refusals.ts';
import { refusals as refused, wordRefusal, type GatewayResponses, type Refusal } from './gateway-responses.ts';
import { requestIdOf } from './identifiers.ts';
import { deploymentKey, places } from './place.ts';

/** What a stage says to refusals. */
export interface StageResponses extends StageFacts {
  readonly responses: GatewayResponses;
}
export interface FaultBookOptions {
  /** By `deploymentKey`. */
  readonly of: Readonly<Record<string, StageResponses>>;
  /** Which of them stands for what came to no stage. */
  readonly otherwise: string | null;
}
const nothing: StageResponses = { stage: '', variables: {}, responses: {} };

const refusal = (type: string | null, status: number, errorType: string, message: string): Refusal => ({ type, status, errorType, message });

const failure = refusal('INTEGRATION_FAILURE', 500, 'InternalServerErrorException', 'Internal server error');
const timeout = refusal('INTEGRATION_TIMEOUT', 504, 'InternalServerErrorException', 'Endpoint request timed out');
/** An unknown resource and an unknown method are the same refusal: never 404 or 405. */
const unknown = refusal('MISSING_AUTHENTICATION_TOKEN', 403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
const bad = refusal('BAD_REQUEST_PARAMETERS', 400, 'BadRequestException', 'Bad Request');
const throttled = refusal('THROTTLED', 429, 'TooManyRequestsException', 'Too Many Requests');
const own = refusal('API_CONFIGURATION_ERROR', 500, 'InternalServerErrorException', 'Internal server error');

/** Sources: error types and default statuses of the facts; recorded answers of deployed APIs. */
const refusals: Readonly<Record<keyof FaultDetails, Refusal>> = {
  'bad-request': bad,
  'method-unknown': unknown,
  'target-too-long': refusal(null, 414, 'BadRequestException', 'Request-URI Too Long'),
  'header-too-large': refusal(null, 431, 'BadRequestException', 'Request Header Fields Too Large'),
  'body-too-large': refusal('REQUEST_TOO_LARGE', 413, 'RequestTooLargeException', 'Request Too Long'),
  'length-required': bad,
  'request-timeout': refusal(null, 408, 'BadRequestException', 'Request Timeout'),
  'unsupported-media-type': refusal('UNSUPPORTED_MEDIA_TYPE', 415, 'BadRequestException', 'Unsupported Media Type'),
  'no-route': unknown,
  'method-not-allowed': unknown,
  unauthenticated: refusal('UNAUTHORIZED', 401, 'UnauthorizedException', 'Unauthorized'),
  forbidden: refusal('ACCESS_DENIED', 403, 'AccessDeniedException', 'Forbidden'),
  'rate-limited': throttled,
  'upstream-unmapped': failure,
  'upstream-unresolved': failure,
  'upstream-unreachable': failure,
  'upstream-connect-timeout': timeout,
  'upstream-timeout': timeout,
  'upstream-reset': failure,
  'upstream-malformed': failure,
  'too-many-jumps': own,
  'not-implemented': own,
  internal: own,
};

/** A missing key and a wrong one are the same refusal. */
const invalidKey = refusal('INVALID_API_KEY', 403, 'ForbiddenException', 'Forbidden');
/** A custom domain has nothing below the path that was asked for. */
const unmapped = refusal(null, 403, 'ForbiddenException', 'Forbidden');
const quotaExceeded = refusal('QUOTA_EXCEEDED', 429, 'LimitExceededException', 'Limit Exceeded');
const malformedReply = refusal(null, 502, 'InternalServerErrorException', 'Internal server error');

export const faultBook: FaultBookKind<FaultBookOptions> = {
  kind: 'aws-rest/faults',
  build({ of, otherwise }, { random }) {
    const word = (what: Refusal, exchange: Exchange | null): Wording => {
      exchange?.write(refused, what);
      const place = exchange?.read(places);
      const { responses, ...facts } = of[place === undefined ? (otherwise ?? '') : deploymentKey(place)] ?? nothing;
      return wordRefusal(responses, what, exchange, facts, exchange === null ? '' : requestIdOf(exchange, random));
    };
    const core = Object.fromEntries(
      Object.entries(refusals).map(([kind, what]) => [kind, (_: unknown, exchange: Exchange | null) => word(what, exchange)]),
    ) as FaultBook<Exchange | null>;
    const ownBook: OwnFaultBook<Exchange | null> = {
      'aws-rest/authorizer-denied': ({ explicit }: { readonly explicit: boolean }, exchange) => word(accessDenied(explicit), exchange),
      'aws-rest/authorizer-failed': (_, exchange) => word(authorizerFailed, exchange),
      'aws-rest/policy-denied': (detail: PolicyDenial, exchange) => word(policyDenied(detail), exchange),
      'aws-rest/signature': (detail: SignatureRefusal, exchange) => word(badSignature(detail), exchange),
      'aws-rest/token-expired': (_, exchange) => word(tokenExpired, exchange),
      'aws-rest/malformed-reply': (_, exchange) => word(malformedReply, exchange),
      'aws-rest/unmapped': (_, exchange) => word(unmapped, exchange),
      'aws-rest/invalid-api-key': (_, exchange) => word(invalidKey, exchange),
      'aws-rest/quota-exceeded': (_, exchange) => word(quotaExceeded, exchange),
      'aws-rest/invalid-json-body': (_, exchange) => word({ ...bad, type: 'BAD_REQUEST_BODY', message: 'Invalid JSON in request body' }, exchange),
      'aws-rest/invalid-body': ({ detail }: { readonly detail: string }, exchange) =>
        word({ ...bad, type: 'BAD_REQUEST_BODY', message: 'Invalid request body', detail }, exchange),
      'aws-rest/missing-parameters': ({ names }: { readonly names: readonly string[] }, exchange) =>
        word({ ...bad, message: `Missing required request parameters: [${names.join(', ')}]` }, exchange),
    };
    return {
      core: {
        ...core,
        // No state of the real gateway: said plainly, so that nobody takes it for one.
        'not-implemented': ({ what }, exchange) => ({
          ...word({ ...own, type: null, message: `devgateway does not serve this: ${what}` }, exchange),
          status: 501,
        }),
      },
      own: ownBook,
    };
  },
};
