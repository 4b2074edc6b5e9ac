import type { StepKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import { ownFault } from '../../model/fault.ts';
import type { Setting } from '../../sources/setting.ts';
import { referenced } from '../../sources/openapi.ts';
import { requestValue } from './context.ts';

export interface RequiredParameters {
  /** Header, path and query names, each in the order of the document. */
  readonly header: readonly string[];
  readonly path: readonly string[];
  readonly querystring: readonly string[];
}

/** Refuses requests that lack a required parameter; a blank one counts as missing. Headers are named first, then path, then query parameters. */
export const parametersStep: StepKind<RequiredParameters> = {
  kind: 'aws-rest/required-parameters',
  create: (required) => (exchange) => {
    const missing = (['header', 'path', 'querystring'] as const).flatMap((place) =>
      required[place].filter((name) => (requestValue(place, name, exchange) ?? '').trim() === ''),
    );
    return missing.length === 0 ? undefined : refuse(ownFault('aws-rest/missing-parameters', { names: missing }));
  },
};

/** What the validator of a method looks at. */
export interface Validator {
  readonly parameters: boolean;
  readonly body: boolean;
}

/** The validator of a method: its own, else that of the document; undefined where none is named. */
export function validatorOf(operation: Setting, document: Setting): Validator | undefined {
  const key = 'x-amazon-apigateway-request-validator';
  const own = operation.get(key);
  const named = own.exists ? own : document.get(key);
  const name = named.string();
  if (name === undefined) return undefined;
  const validator = document.get('x-amazon-apigateway-request-validators').get(name);
  if (!validator.exists)
    named.problem('DG1205', `there is no request validator ${JSON.stringify(name)}`, 'expected one of x-amazon-apigateway-request-validators');
  return {
    parameters: validator.get('validateRequestParameters').boolean() ?? false,
    body: validator.get('validateRequestBody').boolean() ?? false,
  };
}

/** The required parameters of a method, and what describes its body where that is a parameter (Swagger 2). What the method says stands above what its path says. */
export function parametersOf(operation: Setting, item: Setting, document: Setting): RequiredParameters & { readonly body: Setting | undefined } {
  const found = { header: [] as string[], path: [] as string[], querystring: [] as string[], body: undefined as Setting | undefined };
  const parameters = new Map<string, Setting>();
  for (const one of [item, operation].flatMap((place) => place.get('parameters').items())) {
    const parameter = referenced(one, document);
    if (!parameter.exists)
      one.warning(
        'DG1205',
        `there is no parameter ${one.get('$ref').string() ?? ''}`,
        'expected one of this document; API Gateway makes the method without it',
      );
    else parameters.set(`${parameter.get('in').string() ?? ''} ${parameter.get('name').string() ?? ''}`, parameter);
  }
  for (const parameter of parameters.values()) {
    const name = parameter.get('name').string() ?? '';
    const place = parameter.get('in').string();
    const required = parameter.get('required').boolean() ?? false;
    if (place === 'body') found.body = parameter.get('schema');
    else if (required && place === 'query') found.querystring.push(name);
    else if (required && (place === 'header' || place === 'path')) found[place].push(name);
    for (const rest of parameter.keys())
      if (!['name', 'in', 'required', '$ref'].includes(rest) && (place !== 'body' || rest !== 'schema'))
        parameter.get(rest).ignored('API Gateway looks at whether a parameter is there, not at what it says');
  }
  return found;
}
