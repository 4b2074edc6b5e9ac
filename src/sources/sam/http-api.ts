import type { Setting } from '../setting.ts';
import type { Made, Tree } from '../tree.ts';
import { readAuth } from './http-auth.ts';
import { corsOf } from './http-cors.ts';
import { documentWith, isDocument } from './http-document.ts';
import { unfoldDomain } from './http-domain.ts';
import { routesOf } from './http-events.ts';
import { membersOf, plainResource, type ApiEvent, type Plain, type Sam, type SamResource } from './model.ts';

const known = [
  'Name',
  'Description',
  'DefinitionBody',
  'DefinitionUri',
  'StageName',
  'StageVariables',
  'CorsConfiguration',
  'Auth',
  'DefaultRouteSettings',
  'RouteSettings',
  'AccessLogSettings',
  'Domain',
  'FailOnWarnings',
  'DisableExecuteApiEndpoint',
  'Tags',
  'PropagateTags',
];

/**
 * An HTTP API and all that SAM makes of it: `AWS::ApiGatewayV2::*` resources by logical id. `api`: written in the template, or the implied
 * `ServerlessHttpApi`; `events`: those of functions and state machines that name it.
 */
export function unfoldHttpApi(api: SamResource, events: readonly ApiEvent[], _sam: Sam): Plain {
  const { id, properties } = api;
  properties.expects(known);
  properties.rejectUnknownKeys();
  const [body, uri] = [properties.get('DefinitionBody'), properties.get('DefinitionUri')];
  if (body.exists && uri.exists) uri.problem('DG1204', `${id} has both DefinitionUri and DefinitionBody`, 'expected one of them');
  const settings = properties.get('RouteSettings');
  if (settings.exists && settings.kind !== 'map') settings.problem('DG1202', `RouteSettings of ${id} is no map`, 'expected settings by their routes');
  const disabled = properties.get('DisableExecuteApiEndpoint');
  disabled.boolean();
  if (uri.exists && disabled.exists) disabled.problem('DG1204', 'DisableExecuteApiEndpoint works only with a document in DefinitionBody');
  for (const name of ['Tags', 'PropagateTags']) properties.get(name).ignored('names resources for people and bills');
  const routes = routesOf(events, body, !body.exists && !uri.exists);
  const inline = uri.exists ? undefined : documentWith(api, routes, readAuth(properties.get('Auth')), corsOf(properties.get('CorsConfiguration')));
  if (uri.exists)
    for (const name of ['Auth', 'CorsConfiguration', 'Tags'])
      if (properties.get(name).exists)
        properties
          .get(name)
          .problem('DG1204', `${name} works only with a document in DefinitionBody`, 'the document of DefinitionUri says it itself');
  if (body.exists && !isDocument(body))
    body.problem('DG1203', `DefinitionBody of ${id} is no OpenAPI document`, 'expected a map with openapi: 3.x and paths');
  const stage = stageIdOf(id, properties.get('StageName'));
  const made: Record<string, Made> = {
    ...(inline === undefined ? { BodyS3Location: uri.tree } : { Body: inline }),
    ...pick(properties, ['Name', 'Description', 'FailOnWarnings', 'DisableExecuteApiEndpoint']),
    ProtocolType: 'HTTP',
  };
  const ofStage: Record<string, Made> = {
    ApiId: id,
    StageName: '$default',
    ...pick(properties, ['StageName', 'StageVariables', 'AccessLogSettings', 'DefaultRouteSettings']),
    RouteSettings: { ...membersOf(settings), ...routeSettings(routes, settings) },
    AutoDeploy: true,
  };
  return {
    [id]: plainResource('AWS::ApiGatewayV2::Api', made, api),
    [stage]: plainResource('AWS::ApiGatewayV2::Stage', ofStage, api),
    ...unfoldDomain(api, stage),
  };
}

/** The members that are there. */
export const pick = (from: Setting, names: readonly string[]): Record<string, Tree | undefined> =>
  Object.fromEntries(names.flatMap((name) => (from.get(name).exists ? [[name, from.get(name).tree]] : [])));

/** What an event says of its route stands above what the API says. */
function routeSettings(routes: ReturnType<typeof routesOf>, ofApi: Setting): Record<string, Made> {
  return Object.fromEntries(
    routes.flatMap(({ key, event }) => {
      const own = event.setting.get('RouteSettings');
      return own.exists ? [[key, { ...membersOf(ofApi.get(key)), ...membersOf(own) }]] : [];
    }),
  );
}

/** The logical id of a stage. `usual`: its name where it has none. */
export function stageIdOf(id: string, stage: Setting, usual = '$default'): string {
  const name = stage.tree?.kind === 'scalar' ? String(stage.tree.value) : usual;
  if (usual === 'default' && name === usual) return `${id}DefaultStage`;
  return name === '$default' ? `${id}ApiGatewayDefaultStage` : `${id}${name.replaceAll(/[^0-9A-Za-z]/g, '')}Stage`;
}
