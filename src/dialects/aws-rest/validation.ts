import type { StepKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import { ownFault } from '../../model/fault.ts';
import type { Setting } from '../../sources/setting.ts';
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

/** The required parameters of a method, and whether it has a body that a model describes. */
export function parametersOf(lists: readonly Setting[], document: Setting): RequiredParameters & { readonly hasBodyModel: boolean } {
  const found = { header: [] as string[], path: [] as string[], querystring: [] as string[], hasBodyModel: false };
  for (const item of lists.flatMap((list) => list.items())) {
    const parameter = referenced(item, document);
    const name = parameter.get('name').string() ?? '';
    const place = parameter.get('in').string();
    const required = parameter.get('required').boolean() ?? false;
    if (place === 'body') found.hasBodyModel ||= parameter.get('schema').exists;
    else if (required && place === 'query') found.querystring.push(name);
    else if (required && (place === 'header' || place === 'path')) found[place].push(name);
    for (const rest of parameter.keys())
      if (!['name', 'in', 'required', '$ref'].includes(rest)) parameter.get(rest).ignored('describes the parameter for people');
  }
  return found;
}

/** What a `$ref` within the document points to. */
function referenced(setting: Setting, document: Setting): Setting {
  const ref = setting.get('$ref').string();
  if (ref === undefined) return setting;
  const parts = /^#\/(.+)$/.exec(ref)?.[1]?.split('/') ?? [];
  return parts.reduce((at, part) => at.get(part.replaceAll('~1', '/').replaceAll('~0', '~')), document);
}
