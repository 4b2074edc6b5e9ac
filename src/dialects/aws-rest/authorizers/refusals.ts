import type { SignatureRefusal } from '../../aws/iam/sigv4.ts';
import type { Refusal } from '../gateway-responses.ts';

/** What is refused by policies is told with a capital letter. Source: AWS's knowledge centre and answers of deployed APIs. */
const capital = '{"Message":$context.error.messageString}';

export const accessDenied = (explicit: boolean): Refusal => ({
  type: 'ACCESS_DENIED',
  status: 403,
  errorType: 'AccessDeniedException',
  message: `User is not authorized to access this resource${explicit ? ' with an explicit deny' : ''}`,
  template: capital,
});

export interface PolicyDenial {
  readonly who: string;
  readonly arn: string;
  readonly explicit: boolean;
}
/** Of the account only the last digits are shown. */
export const policyDenied = ({ who, arn, explicit }: PolicyDenial): Refusal => ({
  ...accessDenied(explicit),
  message: `User: ${who} is not authorized to perform: execute-api:Invoke on resource: ${arn.replace(/:\d{8}(\d{4}):/, ':********$1:')}${explicit ? ' with an explicit deny in a resource-based policy' : ''}`,
});

/** A function that failed, or whose answer is of no use. */
export const authorizerFailed: Refusal = {
  type: 'AUTHORIZER_CONFIGURATION_ERROR',
  status: 500,
  errorType: 'AuthorizerConfigurationException',
  message: null,
};

export const tokenExpired: Refusal = {
  type: 'UNAUTHORIZED',
  status: 401,
  errorType: 'UnauthorizedException',
  message: 'The incoming token has expired',
};

export const badSignature = ({ errorType, message }: SignatureRefusal): Refusal => ({
  type: errorType === 'MissingAuthenticationTokenException' ? 'MISSING_AUTHENTICATION_TOKEN' : 'INVALID_SIGNATURE',
  status: 403,
  errorType,
  message,
});
