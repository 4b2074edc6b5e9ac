import type { Behaviour } from '../dialect.ts';
import { accessLog, timed } from './access-log.ts';
import { cache } from './cache.ts';
import { compression } from './compression.ts';
import { compile } from './compile.ts';
import { faultBook } from './faults.ts';
import { failing, httpProxyRequest, httpProxyResponse } from './http-proxy.ts';
import { iam } from './authorizers/iam.ts';
import { lambdaAuthorizer } from './authorizers/lambda-authorizer.ts';
import { resourcePolicy } from './authorizers/resource-policy.ts';
import { tokenAuthorizer } from './authorizers/token-authorizer.ts';
import { identifiers } from './identifiers.ts';
import { lambda } from './lambda.ts';
import { matcher } from './match.ts';
import { integration } from './mapping/integration.ts';
import { unsupportedStep } from '../aws/unsupported.ts';
import { apiKeyStep, stageThrottle } from './usage-plan.ts';
import { bodyStep } from './models/body-step.ts';
import { parametersStep } from './validation.ts';

export const behaviour: Behaviour = {
  kit: {
    matchers: [matcher],
    steps: [
      identifiers,
      lambdaAuthorizer,
      tokenAuthorizer,
      iam,
      resourcePolicy,
      apiKeyStep,
      stageThrottle,
      parametersStep,
      bodyStep,
      unsupportedStep('aws-rest'),
      httpProxyRequest,
      httpProxyResponse,
      accessLog,
    ],
    bodies: [compression],
    destinations: [integration, lambda, failing, cache, timed],
    faultBooks: [faultBook],
  },
  compile,
  proofs: { 'aws-rest/openapi': ['aws-rest/greedy-and-param', 'aws-rest/mock-openapi', 'aws-rest/lambda-proxy-event-v1'] },
};
