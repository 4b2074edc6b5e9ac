import type { Setting } from '../../../sources/setting.ts';
import { referenced } from '../../../sources/openapi.ts';
import { compileModel } from './explain.ts';
import type { ModelSchema, Models } from './read-models.ts';

/** What a method says of its body: models by media type. Where no validator looks at it, that only describes the API. */
export interface BodyModelsInput {
  readonly operation: Setting;
  readonly document: Setting;
  /** The schema of a body parameter (Swagger 2). */
  readonly parameter: Setting | undefined;
  readonly models: Models;
  readonly validated: boolean;
}

/** The models of a body, or why a request cannot be held against them. */
export function bodyModelsOf(input: BodyModelsInput): { readonly models: Record<string, ModelSchema>; readonly unsupported: string | undefined } {
  const found: Record<string, ModelSchema> = {};
  let unsupported: string | undefined;
  for (const [type, schema] of schemasOf(input)) {
    if (!input.validated) {
      schema.ignored('no validator holds bodies against it');
      continue;
    }
    const model = input.models.of(schema);
    try {
      compileModel(model);
      found[type] = model;
    } catch (error) {
      unsupported = `the model for ${type}, which is no JSON Schema of draft 4 that can be used here (${(error as Error).message})`;
    }
  }
  return { models: found, unsupported };
}

function schemasOf({ operation, document, parameter, validated }: BodyModelsInput): (readonly [string, Setting])[] {
  const body = referenced(operation.get('requestBody'), document);
  for (const name of ['description', 'required'])
    body.get(name).ignored('API Gateway holds a body against its model whether it is called required or not');
  const content = body
    .get('content')
    .entries()
    .map(([type, media]) => {
      for (const name of media.keys()) if (name !== 'schema') media.get(name).ignored('describes the body for people');
      return [mediaKey(type), media.get('schema')] as const;
    })
    .filter(([, schema]) => schema.exists);
  if (parameter?.exists !== true) return content;
  const consumes = [operation.get('consumes'), document.get('consumes')].find((one) => one.exists);
  const types = validated ? (consumes?.strings() ?? []) : [];
  return [...content, ...(types.length === 0 ? ['application/json'] : types).map((type) => [mediaKey(type), parameter] as const)];
}

const mediaKey = (type: string): string => (type === '$default' ? type : (type.split(';', 1)[0]?.trim().toLowerCase() ?? ''));
