import { scopeParameter, type Operation } from './operation.ts';
import type { Schema } from './schema.ts';

const problem = (description: string): object => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});
const json = (schema: object): object => ({ 'application/json': { schema } });

/** The control API as an OpenAPI 3.1 document: what `schema/control-api.openapi.json` holds. */
export function documentOf(operations: readonly Operation[]): object {
  const paths: Record<string, Record<string, object>> = {};
  const documented: readonly Operation[] = [...operations, openApiOperation({})];
  for (const one of documented) (paths[one.path] ??= {})[one.method] = operationObject(one);
  return {
    openapi: '3.1.0',
    info: {
      title: 'devgateway control API',
      version: '1',
      description: 'Steers a running devgateway: on loopback only, with a token of its own for each start, never for pages of other origins.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: 'http://127.0.0.1:{port}', variables: { port: { default: '0' } } }],
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: {
        Problem: {
          type: 'object',
          description: 'RFC 9457. `code` and `diagnostics` where the catalogue of errors (docs/errors.md) has one.',
          properties: {
            title: { type: 'string' },
            status: { type: 'integer' },
            detail: { type: 'string' },
            code: { type: 'string' },
            diagnostics: { type: 'array', items: { type: 'object' } },
          },
          required: ['title', 'status', 'detail'],
        },
      },
    },
  };
}

/** Serves the document that it stands in. */
export const openApiOperation = (document: object): Operation => ({
  id: 'getOpenApi',
  method: 'get',
  path: '/v1/openapi',
  summary: 'This document',
  scoped: false,
  answer: { type: 'object' },
  run: () => document,
});

function operationObject({ id, summary, path, scoped, query = {}, body, answer, also = {} }: Operation): object {
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
    description: 'As the configuration writes it; percent-encoded.',
  }));
  const inQuery = Object.entries(scoped ? { scope: scopeParameter, ...query } : query).map(([name, schema]) => parameter(name, schema));
  const parameters = [...inPath, ...inQuery];
  const refused = Object.entries(also).map(([status, description]) => [status, problem(description)] as const);
  return {
    operationId: id,
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: body.required, content: json(body.schema) } }),
    responses: {
      ...(answer === undefined ? { 204: { description: 'Done.' } } : { 200: { description: 'Done.', content: json(answer) } }),
      400: problem('What was asked cannot be understood.'),
      401: problem('No token, or not the one of this start.'),
      403: problem('A page of another origin, or a Host that is no name of this machine.'),
      ...Object.fromEntries(refused),
    },
  };
}

function parameter(name: string, { description, ...schema }: Schema): object {
  return { name, in: 'query', ...(description === undefined ? {} : { description }), schema };
}
