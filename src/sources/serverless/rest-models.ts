import type { Setting } from '../setting.ts';
import type { Made } from '../tree.ts';
import type { HttpEvent } from './http-event.ts';
import { ids } from './naming.ts';
import { namedParameters } from './rest-integration.ts';
import { given, resource, textOf, type Resources, type Service } from './service.ts';

/** What a method demands of requests, and the models that say it. */
export interface Demands {
  readonly method: Readonly<Record<string, Made>>;
  readonly resources: Resources;
}

/** Source: lib/request-validator.js and lib/method/index.js beside the events of API Gateway. */
export function demandsOf(event: HttpEvent, service: Service, restApi: Made): Demands {
  const { at, path, method } = event;
  const parameters = namedParameters(event).map(([name, setting]) => [`method.request.${name}`, requiredOf(setting)] as const);
  const request = at.get('request');
  // Releases before 3 call it `schema`.
  const schemas = [...request.get('schema').entries(), ...request.get('schemas').entries()];
  const shared = service.provider.get('apiGateway').get('request').get('schemas');
  const resources: Resources = {};
  const models = schemas.map(([type, schema]): [string, Made] => {
    const name = textOf(schema);
    const common = name === undefined ? undefined : shared.get(name);
    const isShared = name !== undefined && common?.exists === true;
    const id = isShared ? ids.model(name) : ids.modelOf(path, method, type);
    resources[id] = modelOf(isShared ? (common as Setting) : schema, isShared ? 'application/json' : type, restApi);
    return [type, { Ref: id }];
  });
  const validates = models.length > 0 || parameters.some(([, required]) => required !== false && !isFalse(required));
  const validator = ids.validator(service.name);
  if (validates)
    resources[validator] = resource(
      'AWS::ApiGateway::RequestValidator',
      {
        RestApiId: restApi,
        Name: `${service.name}-${service.stage} | Validate request body and querystring parameters`,
        ValidateRequestBody: true,
        ValidateRequestParameters: true,
      },
      request,
    );
  return {
    resources,
    method: {
      RequestParameters: parameters.length === 0 ? undefined : Object.fromEntries(parameters),
      RequestValidatorId: validates ? { Ref: validator } : undefined,
      RequestModels: models.length === 0 ? undefined : Object.fromEntries(models),
    },
  };
}

/** `true`, or a map, in which a parameter is required unless it says otherwise. */
const requiredOf = (setting: Setting): Made => (setting.kind === 'map' ? (given(setting.get('required')) ?? true) : setting.tree);
const isFalse = (made: Made): boolean => typeof made === 'object' && made !== null && 'value' in made && made['value'] === false;

/** A schema, bare or with a name and a description. */
function modelOf(setting: Setting, type: string, restApi: Made): Resources[string] {
  const inner = setting.kind === 'map' && setting.get('schema').exists;
  const properties = {
    RestApiId: restApi,
    ContentType: type,
    Schema: inner ? setting.get('schema').tree : setting.tree,
    Name: inner ? given(setting.get('name')) : undefined,
    Description: inner ? given(setting.get('description')) : undefined,
  };
  return resource('AWS::ApiGateway::Model', properties, setting);
}
