import type { Behaviour } from '../dialect.ts';
import { iam, lambdaAuthorizer } from './authorizer.ts';
import { compile } from './compile.ts';
import { corsFields, preflight } from './cors.ts';
import { faultBook } from './faults.ts';
import { httpProxyRequest } from './http-proxy.ts';
import { identifiers } from './identifiers.ts';
import { jwt } from './jwt.ts';
import { lambda } from './lambda.ts';
import { matcher } from './match.ts';
import { responseParameters } from './parameters.ts';
import { throttle } from './throttle.ts';
import { unsupportedStep } from '../aws/unsupported.ts';

export const behaviour: Behaviour = {
  kit: {
    matchers: [matcher],
    steps: [
      identifiers,
      corsFields,
      preflight,
      jwt,
      lambdaAuthorizer,
      iam,
      throttle,
      unsupportedStep('aws-http'),
      httpProxyRequest,
      responseParameters,
    ],
    destinations: [lambda],
    faultBooks: [faultBook],
  },
  compile,
  proofs: {
    'aws-http/openapi': ['aws-http/sam-function_with_http_api', 'aws-http/sam-http-api-iam-auth'],
    'aws-http/template': ['aws-http/route-priority', 'aws-http/jwt-claims-rules', 'aws-http/parameter-mapping-request'],
  },
};
