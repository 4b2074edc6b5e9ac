import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { createGateway, type Gateway, type GatewayOptions } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export type Functions = Readonly<Record<string, (event: never) => unknown>>;
export interface AuthorizerEvent {
  readonly type: string;
  readonly authorizationToken: string;
  readonly methodArn: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly queryStringParameters: Readonly<Record<string, string>>;
  readonly [name: string]: unknown;
}
export interface ProxyEvent {
  readonly headers: Readonly<Record<string, string>>;
  readonly requestContext: { readonly authorizer?: Record<string, unknown>; readonly identity: Record<string, unknown> };
}

const uriOf = (name: string): string =>
  `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:${name}/invocations`;
/** A method that a function answers. */
export const calls = (name: string, ...security: readonly object[]): object => ({
  security,
  'x-amazon-apigateway-integration': { type: 'aws_proxy', httpMethod: 'POST', uri: uriOf(name) },
});
/** A method that answers by a template. */
export const says = (template: string, ...security: readonly object[]): object => ({
  security,
  'x-amazon-apigateway-integration': {
    type: 'mock',
    requestTemplates: { 'application/json': '{"statusCode": 200}' },
    responses: { default: { statusCode: '200', responseTemplates: { 'application/json': template } } },
  },
});
/** A security scheme with an authorizer. */
export const scheme = (authorizer: object, name = 'Authorization'): object => ({
  type: 'apiKey',
  name,
  in: 'header',
  'x-amazon-apigateway-authtype': 'custom',
  'x-amazon-apigateway-authorizer': { authorizerUri: uriOf('auth'), ...authorizer },
});
/** The answer of an authorizer. */
export const policy = (effect: string, resource: string | readonly string[], more: object = {}): object => ({
  principalId: 'user',
  policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: effect, Resource: resource }] },
  ...more,
});

export interface Given {
  readonly schemes?: object;
  readonly functions?: Functions;
  readonly more?: object;
  readonly options?: Partial<GatewayOptions>;
}
/** An API of stage `dev` with the virtual clock. */
export async function api(paths: object, { schemes = {}, functions = {}, more = {}, options = {} }: Given = {}): Promise<Gateway> {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-guarded-'));
  folders.push(folder);
  const document = { openapi: '3.0.1', info: { title: 't', version: '1' }, paths, components: { securitySchemes: schemes }, ...more };
  writeFileSync(path.join(folder, 'openapi.json'), JSON.stringify(document));
  const upstreams = Object.fromEntries(Object.entries(functions).map(([name, act]) => [`function:${name}`, act]));
  return createGateway({ config: folder, stage: 'dev', upstreams: upstreams as never, env: {}, ...options });
}
export const ask = (target: string, headers: Readonly<Record<string, string>> = {}, method = 'GET'): Request =>
  new Request(`http://localhost${target}`, { method, headers });
