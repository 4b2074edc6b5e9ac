import type { Exchange } from '../../engine/exchange.ts';
import type { FaultBookKind } from '../../engine/kit.ts';
import type { FaultBook, Wording } from '../../model/fault.ts';

const say = (status: number, type: string, message: string) => (): Wording => ({
  status,
  headers: ['Content-Type', 'application/json', 'x-amzn-ErrorType', type],
  body: JSON.stringify({ message }),
});

const broken = say(500, 'InternalServerErrorException', 'Internal server error');
const timedOut = say(504, 'InternalServerErrorException', 'Endpoint request timed out');
/** An unknown resource and an unknown method are the same refusal: never 404 or 405. */
const unknown = say(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
const bad = say(400, 'BadRequestException', 'Bad Request');

const core: FaultBook<Exchange | null> = {
  'bad-request': bad,
  'method-unknown': unknown,
  'target-too-long': say(414, 'BadRequestException', 'Request-URI Too Long'),
  'header-too-large': say(431, 'BadRequestException', 'Request Header Fields Too Large'),
  'body-too-large': say(413, 'RequestTooLargeException', 'Request Too Long'),
  'length-required': bad,
  'request-timeout': say(408, 'BadRequestException', 'Request Timeout'),
  'unsupported-media-type': say(415, 'BadRequestException', 'Unsupported Media Type'),
  'no-route': unknown,
  'method-not-allowed': unknown,
  unauthenticated: say(401, 'UnauthorizedException', 'Unauthorized'),
  forbidden: say(403, 'ForbiddenException', 'Forbidden'),
  'rate-limited': say(429, 'TooManyRequestsException', 'Too Many Requests'),
  'upstream-unmapped': broken,
  'upstream-unresolved': broken,
  'upstream-unreachable': broken,
  'upstream-connect-timeout': timedOut,
  'upstream-timeout': timedOut,
  'upstream-reset': broken,
  'upstream-malformed': broken,
  'too-many-jumps': broken,
  'not-implemented': broken,
  internal: broken,
};

const malformedReply = say(502, 'InternalServerErrorException', 'Internal server error');

export const faultBook: FaultBookKind<null> = {
  kind: 'aws-rest/faults',
  build: () => ({ core, own: { 'aws-rest/malformed-reply': malformedReply } }),
};
