import type { Dialect } from '../dialect.ts';
import { compile } from './compile.ts';
import { faultBook } from './faults.ts';
import { httpProxyRequest } from './http-proxy.ts';
import { identifiers } from './identifiers.ts';
import { lambda } from './lambda.ts';
import { matcher } from './match.ts';
import { mock } from './mock.ts';

export const awsRest: Dialect = {
  name: 'aws-rest',
  kit: { matchers: [matcher], steps: [identifiers, httpProxyRequest], destinations: [mock, lambda], faultBooks: [faultBook] },
  recognises: ({ text }) => /(?:^|[{,\s])["']?(?:openapi|swagger)["']?\s*:/.test(text) && text.includes('x-amazon-apigateway-'),
  compile,
  proofs: { 'aws-rest/openapi': ['aws-rest/greedy-and-param', 'aws-rest/mock-openapi', 'aws-rest/lambda-proxy-event-v1'] },
};
