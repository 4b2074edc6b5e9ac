import type { Setting } from '../setting.ts';
import { isMap, listAt, scalarAt } from './look.ts';

const notMethods = new Set(['parameters', 'summary', 'description', 'servers', '$ref']);
const endpoint = 'x-amazon-apigateway-endpoint-configuration';

/**
 * Refuses a document that SAM's translator cannot write into. It looks only at what it touches: paths of OpenAPI 3 always, methods and their
 * security for `Auth`, endpoints to disable them. Source: samtranslator, swagger/swagger.py and model/api/api_generator.py.
 */
export function refuseDocument(body: Setting, properties: Setting): void {
  const auth = properties.get('Auth');
  const isVersion3 = String(scalarAt(body.get('openapi')) ?? '').startsWith('3');
  const edits = ['Auth', 'Cors', 'Models'].filter((name) => properties.get(name).exists);
  const elsewhere = body.get('Fn::Transform').exists;
  if (edits.length > 0 && !elsewhere && (body.get('paths').kind !== 'map' || (!isVersion3 && !body.get('swagger').exists)))
    body.problem(
      'DG1203',
      `${edits.join(', ')} cannot be laid into DefinitionBody, which is no OpenAPI document`,
      'expected swagger or openapi, and paths',
    );
  if (auth.kind === 'map') isMap(body.get('securityDefinitions'), 'expected schemes by their names');
  if (scalarAt(properties.get('DisableExecuteApiEndpoint')) !== undefined)
    for (const at of isVersion3 ? listAt(body.get('servers')) : [body]) isMap(at.get(endpoint), 'expected disableExecuteApiEndpoint and the like');
  const paths = body.get('paths');
  for (const path of paths.kind === 'map' && (isVersion3 || edits.length > 0) ? paths.keys() : [])
    refusePath(path, paths.get(path), auth, isVersion3);
}

function refusePath(path: string, item: Setting, auth: Setting, isVersion3: boolean): void {
  if (item.kind !== 'map') {
    item.problem('DG1202', `the path ${path} is no map`, 'expected its methods');
    return;
  }
  const guards = ['DefaultAuthorizer', 'ApiKeyRequired', 'ResourcePolicy'].some((name) => auth.get(name).exists);
  for (const method of item.keys()) {
    const operation = item.get(method);
    if (notMethods.has(method) || !guards) continue;
    if (operation.kind !== 'map') operation.problem('DG1202', `${method} of ${path} is no map`, 'expected an operation');
    for (const one of listAt(operation.get('security')))
      if (one.kind !== 'map') one.problem('DG1202', `security of ${method} ${path} is no list of maps`, 'expected scopes by the name of a scheme');
  }
  if (!isVersion3) return;
  const responses = item.get('options').get('responses');
  if (isMap(responses, 'expected responses by their status')) isMap(responses.get('200').get('headers'), 'expected headers by their names');
}
