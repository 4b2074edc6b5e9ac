import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { arnOf, read, resource } from './start.ts';

const odd = fc.jsonValue({ maxDepth: 2 });
const authorizer = { type: 'jwt', identitySource: '$request.header.A', jwtConfiguration: { issuer: 'https://i.example', audience: ['a'] } };
const integration = {
  type: 'aws_proxy',
  uri: arnOf('f'),
  payloadFormatVersion: '2.0',
  requestParameters: { 'append:header.a': '$context.requestId' },
};
const document = {
  openapi: '3.0.1',
  info: {},
  servers: [{ url: '/{a}', variables: { a: { default: 'b' } } }],
  'x-amazon-apigateway-cors': { allowOrigins: ['*'], maxAge: 5 },
  paths: { '/a': { get: { security: [{ j: ['s'] }], 'x-amazon-apigateway-integration': integration } } },
  components: { securitySchemes: { j: { type: 'oauth2', 'x-amazon-apigateway-authorizer': authorizer } } },
};
const api = {
  Api: resource('Api', { ProtocolType: 'HTTP', Body: document, BasePath: 'prepend', CorsConfiguration: { AllowOrigins: ['*'] } }),
  Stage: resource('Stage', { ApiId: 'Api', StageName: 'dev', StageVariables: { a: 'b' }, RouteSettings: { 'GET /a': { ThrottlingRateLimit: 1 } } }),
  Mapping: resource('ApiMapping', { ApiId: 'Api', Stage: 'Stage', DomainName: 'a.example', ApiMappingKey: 'k' }),
};

/** Every place in a value, as the keys that lead to it. */
function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, one]) => placesIn(one, [...path, key]))];
}
function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...(value as object) }) as Record<string, unknown>;
  copy[key] = replaced(copy[key], rest, by);
  return copy;
}

describe('an HTTP API with an odd value somewhere', () => {
  const places = placesIn(api).filter((place) => place.length > 0);

  it('is read or refused, and breaks nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), odd, async (place, value) => {
        const { ledger } = await read({ 'template.json': { Resources: replaced(api, place, value) } }).catch((error: unknown) => {
          if (error instanceof Error && 'diagnostics' in error) return { ledger: { diagnostics: [] } };
          throw error;
        });
        for (const { message } of ledger.diagnostics) expect(message).not.toBe('');
      }),
      { numRuns: 300 },
    );
  }, 30_000);
});
