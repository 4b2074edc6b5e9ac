import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { unfolded } from './unfolded.ts';

/** A template in which everything is said that SAM's REST APIs know. */
const full = {
  Globals: {
    Api: { Cors: { AllowOrigin: "'*'", AllowCredentials: false }, Auth: { UsagePlan: { CreateUsagePlan: 'SHARED' } } },
    Function: { Timeout: 3 },
  },
  Resources: {
    Api: {
      Type: 'AWS::Serverless::Api',
      Properties: {
        StageName: 'live',
        OpenApiVersion: '3.0.1',
        DefinitionBody: {
          openapi: '3.0.1',
          paths: { '/a': { get: { security: [{ k: [] }], 'x-amazon-apigateway-integration': { type: 'mock' } } } },
        },
        MergeDefinitions: true,
        Auth: {
          DefaultAuthorizer: 'T',
          Authorizers: {
            T: { FunctionArn: 'f', Identity: { Header: 'h' } },
            R: { FunctionArn: 'f', FunctionPayloadType: 'REQUEST', Identity: { Headers: ['h'] } },
          },
          ApiKeyRequired: true,
          ResourcePolicy: { IpRangeWhitelist: ['1.2.3.4'], CustomStatements: [{ Effect: 'Deny' }] },
        },
        GatewayResponses: { DEFAULT_4XX: { ResponseParameters: { Headers: { X: "'y'" } } } },
        Models: { M: { type: 'object' } },
        BinaryMediaTypes: ['image~1png'],
        EndpointConfiguration: { Type: 'REGIONAL' },
        DisableExecuteApiEndpoint: true,
        Domain: { DomainName: 'd', CertificateArn: 'c', BasePath: ['a'] },
      },
    },
    F: {
      Type: 'AWS::Serverless::Function',
      Properties: {
        AutoPublishAlias: 'live',
        Events: {
          A: {
            Type: 'Api',
            Properties: {
              RestApiId: 'Api',
              Path: '/a',
              Method: 'get',
              Auth: { Authorizer: 'R', ApiKeyRequired: false, ResourcePolicy: { AwsAccountWhitelist: ['1'] } },
              RequestModel: { Model: 'M', ValidateBody: true },
              RequestParameters: [{ 'method.request.header.X': { Required: true, Caching: true } }],
            },
          },
          B: { Type: 'Api', Properties: { Path: '/b', Method: 'any' } },
        },
      },
    },
    S: { Type: 'AWS::Serverless::StateMachine', Properties: { Events: { A: { Type: 'Api', Properties: { Path: '/s', Method: 'post' } } } } },
  },
};

/** Every place in a value, as the keys that lead to it. */
function placesIn(value: unknown, at: readonly string[] = []): string[][] {
  const below = typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, one]) => placesIn(one, [...at, key])) : [];
  return at.length === 0 ? below : [[...at], ...below];
}
function put(value: unknown, [key, ...rest]: readonly string[], to: unknown): unknown {
  if (key === undefined) return to;
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) };
  (copy as Record<string, unknown>)[key] = put((value as Record<string, unknown>)[key], rest, to);
  return copy;
}

describe('a template in which something else stands than expected', () => {
  const odd = fc.constantFrom<unknown>(
    null,
    '',
    'text',
    7,
    true,
    [],
    {},
    [null],
    { a: null },
    ['x', { y: 'z' }],
    { 'Fn::If': [] },
    { __proto__: 'x' },
  );
  it('is unfolded all the same, and what is wrong is told', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...placesIn(full)), odd), { minLength: 1, maxLength: 3 }), (changes) => {
        let template: unknown = full;
        for (const [place, value] of changes) {
          try {
            template = put(template, place, value);
          } catch {
            // An earlier change took the place away.
          }
        }
        const { ledger } = unfolded('', { head: JSON.stringify({ Transform: 'AWS::Serverless-2016-10-31', ...(template as object) }) });
        for (const one of ledger.diagnostics) expect(one.message).not.toBe('');
      }),
      { numRuns: 300 },
    );
  });
});
