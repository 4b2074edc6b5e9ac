import type { Dialect } from '../dialect.ts';
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
import { holdingsOf } from '../../sources/cloudformation/holdings.ts';
import { isHttpApiDocument } from '../aws/documents.ts';
import { throttle } from './throttle.ts';
import { unsupportedStep } from '../aws/unsupported.ts';

export const awsHttp: Dialect = {
  name: 'aws-http',
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
  recognises: (source) => {
    const held = holdingsOf(source);
    if (held === undefined) return isHttpApiDocument(source);
    return held.has('http-api') ? 'part' : false;
  },
  compile,
  proofs: {
    'aws-http/openapi': ['aws-http/sam-function_with_http_api', 'aws-http/sam-http-api-iam-auth'],
    'aws-http/template': ['aws-http/route-priority', 'aws-http/jwt-claims-rules', 'aws-http/parameter-mapping-request'],
  },
};
