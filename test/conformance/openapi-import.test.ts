import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { awsRest } from '../../src/dialects/aws-rest/index.ts';
import { load } from '../../src/gateway/load.ts';
import type { BackendOptions } from '../../src/dialects/aws-rest/mapping/backends.ts';
import type { IntegrationOptions } from '../../src/dialects/aws-rest/mapping/integration.ts';
import type { Parameter } from '../../src/dialects/aws-rest/mapping/parameters.ts';
import type { ResponseOptions } from '../../src/dialects/aws-rest/mapping/responses.ts';
import type { BodyModels } from '../../src/dialects/aws-rest/models/body-step.ts';
import type { Route } from '../../src/model/gateway.ts';
import { plain } from '../../src/sources/tree.ts';
import { parseYaml } from '../../src/sources/yaml.ts';

const folder = path.resolve(import.meta.dirname, '../../../shared/conformance/translations');
const file = path.join(folder, 'openapi-import.json');

type Texts = Readonly<Record<string, unknown>>;
interface Recorded {
  readonly apiKeyRequired: boolean;
  readonly authorizationType: string;
  readonly requestModels?: Texts;
  readonly requestValidatorId?: string;
  readonly methodIntegration: {
    readonly type: string;
    readonly uri?: string;
    readonly httpMethod?: string;
    readonly passthroughBehavior: string;
    readonly contentHandling?: string;
    readonly timeoutInMillis: number;
    readonly requestParameters?: Texts;
    readonly requestTemplates?: Texts;
    readonly integrationResponses?: Readonly<
      Record<string, { readonly statusCode: string; readonly responseParameters?: Texts; readonly responseTemplates?: Texts }>
    >;
  };
}
interface Import {
  readonly file: string;
  readonly basepath: string | null;
  readonly operations: readonly { readonly path: string; readonly method: string; readonly recorded: Recorded }[];
  readonly 'get-models'?: { readonly items: readonly { readonly name: string; readonly schema: unknown }[] };
}

const scratch = mkdtempSync(path.join(tmpdir(), 'devgateway-import-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** The routes of a document, as it stands or (to see what a guarded method does) without what guards it. */
async function routesOf({ file: name, basepath }: Import, guarded: boolean): Promise<readonly Route[]> {
  const document = plain(parseYaml(readFileSync(path.join(folder, name), 'utf8'), name)[0] ?? { kind: 'scalar', value: null, line: 0, column: 0 });
  const text = JSON.stringify(document, (key, value: unknown) => (key === 'security' && !guarded ? undefined : value));
  writeFileSync(path.join(scratch, 'openapi.json'), text);
  // What the recording test filled in before the import.
  const variables = { uri: 'http://petstore.internal/petstore/pets', ...(basepath === null ? {} : { basepath }) };
  const { gateway, ledger } = await load({ config: 'openapi.json', dialect: 'aws-rest', folder: scratch, options: { variables, env: {} } }, [
    awsRest,
  ]);
  expect(ledger.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return gateway.sites.flatMap(({ routes }) => routes);
}

const guards = /authori[sz]er|unsupported|cognito|iam|jwt/;
/** What a recorded method says, in the words of our model. Templates that were JSON were recorded as data. */
const json = (text: unknown): unknown => {
  try {
    return typeof text === 'string' ? (JSON.parse(text) as unknown) : text;
  } catch {
    return text;
  }
};
const texts = (all: Texts = {}): Texts => Object.fromEntries(Object.entries(all).map(([key, value]) => [key, json(value)]));

function sourceText({ from }: Pick<Parameter, 'from'>, side: string): string {
  if (from.in === 'literal') return `'${from.text}'`;
  if (from.in === 'context' || from.in === 'stageVariables') return `${from.in}.${from.name}`;
  return from.in === 'body' ? `${side}.body${from.path === '' ? '' : `.${from.path}`}` : `${side}.${from.in}.${from.name}`;
}
const requestParameters = (all: readonly Parameter[]): Texts =>
  Object.fromEntries(all.map((one) => [`integration.request.${one.to}.${one.name}`, sourceText(one, 'method.request')]));
const responses = (all: readonly ResponseOptions[]): Texts =>
  Object.fromEntries(
    all.map(({ status, parameters, templates }) => [
      String(status),
      {
        parameters: Object.fromEntries(parameters.map((one) => [`method.response.header.${one.name}`, sourceText(one, 'integration.response')])),
        templates: texts(templates),
      },
    ]),
  );

/** The integration of a route as `compared` has a recorded one. */
function integrationOf({ request, destination }: Route): object {
  if (destination?.kind === 'aws-rest/lambda') return { type: 'AWS_PROXY', to: (destination.options as { readonly function: string }).function };
  const step = request.find(({ kind }) => kind === 'aws-rest/http-proxy-request');
  if (step !== undefined) {
    const {
      path: to,
      method,
      mappings,
    } = step.options as { readonly path: string; readonly method: string; readonly mappings: readonly Parameter[] };
    return { type: 'HTTP_PROXY', to, method, parameters: requestParameters(mappings) };
  }
  const options = destination?.options as IntegrationOptions;
  const backend: BackendOptions = options.backend;
  const rest = {
    passthrough: options.passthrough,
    contentHandling: options.contentHandling,
    parameters: requestParameters(options.requestParameters),
    templates: texts(options.requestTemplates),
    responses: responses(options.responses),
  };
  if (backend.kind === 'mock') return { type: 'MOCK', ...rest };
  if (backend.kind === 'lambda') return { type: 'AWS', ...rest };
  const [server] = (destination?.children ?? []) as readonly { readonly options: unknown }[];
  const timeoutMs = (server?.options as { readonly responseTimeoutMs: number } | undefined)?.responseTimeoutMs;
  return { type: 'HTTP', to: backend.path, method: backend.method, timeoutMs, ...rest };
}

function compared({ methodIntegration: one }: Recorded): object {
  const to = one.type === 'AWS_PROXY' ? /function:([^/:]+)/.exec(one.uri ?? '')?.[1] : /^https?:\/\/[^/]+(.*)$/.exec(one.uri ?? '')?.[1];
  if (one.type === 'AWS_PROXY') return { type: one.type, to };
  const parameters = one.requestParameters ?? {};
  if (one.type === 'HTTP_PROXY') return { type: one.type, to, method: one.httpMethod, parameters };
  const rest = {
    passthrough: one.passthroughBehavior,
    contentHandling: one.contentHandling ?? null,
    parameters,
    templates: texts(one.requestTemplates),
    responses: Object.fromEntries(
      Object.values(one.integrationResponses ?? {}).map((each) => [
        each.statusCode,
        { parameters: each.responseParameters ?? {}, templates: texts(each.responseTemplates) },
      ]),
    ),
  };
  return one.type === 'HTTP' ? { type: one.type, to, method: one.httpMethod, timeoutMs: one.timeoutInMillis, ...rest } : { type: one.type, ...rest };
}

/** A schema without what only describes: as our model keeps it. */
const bare = (schema: unknown): unknown =>
  JSON.parse(
    JSON.stringify(schema, (key, value: unknown) => {
      if (['description', 'title', 'format'].includes(key)) return undefined;
      if (key === 'required' && Array.isArray(value)) return (value as string[]).toSorted();
      return key === '$ref' && typeof value === 'string' ? value.replace(/^.*\//, '#/definitions/') : value;
    }),
  );

describe.skipIf(!existsSync(file))('what API Gateway made of a document (only where ../shared/conformance is)', () => {
  const { imports } = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { imports: readonly Import[] }) : { imports: [] };

  it('is known of 21 imports', () => {
    expect(imports.length).toBeGreaterThanOrEqual(21);
    expect(imports.flatMap(({ operations }) => operations).length).toBeGreaterThanOrEqual(47);
  });

  it.each(imports.map((one) => [one.file.replace(/^.*\//, ''), one.basepath ?? 'no basepath', one] as const))(
    '%s (%s)',
    async (_name, _basepath, one) => {
      const [guarded, open] = [await routesOf(one, true), await routesOf(one, false)];
      expect(guarded.map(({ id }) => id).toSorted()).toEqual(one.operations.map((each) => `${each.method} ${each.path}`).toSorted());
      for (const { path: resource, method, recorded } of one.operations) {
        const id = `${method} ${resource}`;
        const [closed, route] = [guarded, open].map((routes) => routes.find((each) => each.id === id)) as [Route, Route];
        const kinds = closed.request.map(({ kind }) => kind);
        expect([id, kinds.some((kind) => guards.test(kind))]).toEqual([id, recorded.authorizationType !== 'NONE']);
        if (recorded.authorizationType === 'NONE') expect([id, kinds.includes('aws-rest/api-key')]).toEqual([id, recorded.apiKeyRequired]);
        expect([id, integrationOf(route)]).toEqual([id, compared(recorded)]);
        const models = (route.request.find(({ kind }) => kind === 'aws-rest/body-model')?.options as BodyModels | undefined)?.models ?? {};
        const wanted = recorded.requestValidatorId === undefined ? {} : (recorded.requestModels ?? {});
        expect(Object.keys(models)).toEqual(Object.keys(wanted));
        for (const [type, name] of Object.entries(wanted)) {
          const { $ref, definitions } = models[type] as { readonly $ref: string; readonly definitions: Texts };
          expect($ref).toBe(`#/definitions/${String(name)}`);
          for (const [each, schema] of Object.entries(definitions))
            expect(bare(schema)).toEqual(bare(one['get-models']?.items.find((item) => item.name === each)?.schema));
        }
      }
    },
  );
});
