import { expect, it } from 'vitest';
import { stackOfServerless } from './read.ts';

const event = (text: string, more = ''): string => `service: shop
provider:
  name: aws
${more}
functions:
  one:
    handler: a.b
    events:
      - ${text}
`;

/** What the framework refuses to package is refused at the line that is meant. */
it.each([
  ['http: GET', '', 9, 'has no method or no path'],
  ['http: { path: a }', '', 9, 'has no method or no path'],
  ['http: FETCH /a', '', 9, '"FETCH" is no method'],
  ['http: { method: get, path: a, integration: magic }', '', 9, '"magic" is no integration'],
  ['http: { method: get, path: a, integration: http }', '', 9, 'needs request.uri'],
  [
    'http: { method: get, path: a, integration: http-proxy, connectionType: vpc-link, request: { uri: https://a.test } }',
    '',
    9,
    'needs connectionId',
  ],
  ['http: { method: get, path: a, authorizer: nobody }', '', 9, 'there is no function "nobody"'],
  ['http: { method: get, path: a, authorizer: { type: token } }', '', 9, 'neither name nor arn'],
  ['http: { method: get, path: a, authorizer: { arn: { Fn::GetAtt: [P, Arn] }, type: COGNITO_USER_POOLS } }', '', 9, 'needs a name'],
  ['http: { method: get, path: a, authorizer: { arn: "arn:aws:cognito-idp:r:1:userpool/x", name: p, claims: [email] } }', '', 9, 'claims are picked'],
  ['http: { method: get, path: a, authorizer: { name: one, resultTtlInSeconds: 9999 } }', '', 9, 'resultTtlInSeconds is 9999'],
  ['http: { method: get, path: a, cors: { maxAge: 0 } }', '', 9, 'maxAge is 0'],
  ['http: GET /a', '  stage: a.b', 4, '"a.b" is no name of a stage'],
  ['http: GET /a', '  apiGateway: { restApiId: abc }', 4, 'needs restApiRootResourceId'],
  [
    'http: GET /a',
    '  apiGateway: { restApiId: abc, restApiRootResourceId: r }\n  tracing: { apiGateway: true }',
    5,
    'has no effect on an API that is made elsewhere',
  ],
  ['http: GET /a', '  apiGateway: { apiKeys: [{ paid: [k] }], usagePlan: [{ free: {} }] }', 4, 'there is no usage plan "paid"'],
  ['httpApi: { path: /a }', '', 9, 'has no method'],
  ['httpApi: { method: get, path: "*" }', '', 9, 'takes any method'],
  ['httpApi: FETCH /a', '', 9, '"FETCH" is no method'],
  ['httpApi: GET /a\n      - httpApi: GET /a', '', 10, 'two httpApi events for GET /a'],
  ['httpApi: { method: get, path: /a, authorizer: nobody }', '', 9, 'there is no authorizer "nobody"'],
  ['httpApi: { method: get, path: /a, authorizer: { id: abc } }', '', 9, 'names an authorizer from elsewhere'],
  ['httpApi: { method: get, path: /a, authorizer: { type: aws_iam, scopes: [a] } }', '', 9, 'takes no other properties'],
  ['httpApi: GET /a', '  httpApi: { id: abc, cors: true }', 4, 'cannot be set up for an HTTP API that is made elsewhere'],
  ['httpApi: GET /a', '  httpApi: { authorizers: { a: { type: request } } }', 4, 'either functionName or functionArn'],
  ['httpApi: GET /a', '  httpApi: { authorizers: { a: { type: request, functionName: two } } }', 4, 'there is no function "two"'],
  ['httpApi: GET /a', '  httpApi: { authorizers: { a: { type: request, functionName: one, resultTtlInSeconds: 5 } } }', 4, 'needs identitySource'],
  ['httpApi: GET /a', '  httpApi: { authorizers: { a: { issuerUrl: https://i.test } } }', 4, 'has no audience'],
  ['httpApi: GET /a', "  httpApi: { payload: '3.0' }", 4, 'payload is "3.0"'],
])('%s %s', (text, more, line, expected) => {
  const { ledger } = stackOfServerless(event(text, more));
  const found = ledger.diagnostics.filter((one) => one.severity === 'error' && one.message.includes(expected));
  expect(found.map((one) => one.line)).toEqual([line]);
});

it('what the schema does not know is a warning, and an error where the service asks for it', () => {
  const text = event('http: { method: get, path: a, authoriser: one }');
  const found = (given: string): unknown =>
    stackOfServerless(given).ledger.diagnostics.map(({ severity, hint }) => [severity, hint.includes('did you mean "authorizer"')]);
  expect(found(text)).toEqual([['warning', true]]);
  expect(found(`configValidationMode: error\n${text}`)).toEqual([['error', true]]);
});

it('resources that do not exist cannot be extended', () => {
  const { ledger } = stackOfServerless(
    `${event('http: GET /a')}resources: { extensions: { Nobody: { Properties: {} }, ApiGatewayRestApi: { Type: x } } }\n`,
  );
  expect(ledger.diagnostics.map((one) => one.message)).toEqual([
    'there is no resource Nobody to be extended',
    'Type of a resource cannot be extended',
  ]);
});
