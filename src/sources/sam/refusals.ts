import type { Setting } from '../setting.ts';
import { isMap, onlyOf, scalarAt } from './look.ts';
import type { Sam, SamResource } from './model.ts';
import { refuseApi } from './refusals-api.ts';
import { refuseEvent } from './refusals-events.ts';

/** What may stand in Globals of each kind that makes an API. Source: samtranslator, plugins/globals/globals.py, and the message of its refusal. */
const ofGlobals: Readonly<Record<string, readonly string[]>> = {
  Api: [
    'Auth',
    'Name',
    'DefinitionUri',
    'CacheClusterEnabled',
    'CacheClusterSize',
    'MergeDefinitions',
    'Variables',
    'EndpointConfiguration',
    'MethodSettings',
    'BinaryMediaTypes',
    'MinimumCompressionSize',
    'Cors',
    'GatewayResponses',
    'AccessLogSetting',
    'CanarySetting',
    'TracingEnabled',
    'OpenApiVersion',
    'Domain',
    'AlwaysDeploy',
    'PropagateTags',
    'SecurityPolicy',
    'EndpointAccessMode',
  ],
  HttpApi: [
    'Auth',
    'AccessLogSettings',
    'StageVariables',
    'Tags',
    'CorsConfiguration',
    'DefaultRouteSettings',
    'Domain',
    'RouteSettings',
    'FailOnWarnings',
    'PropagateTags',
  ],
};

/**
 * Reports what SAM's translator refuses and no reader of a property sees. Its rules are those of functions that are worked out already: where
 * the translator refuses an intrinsic function for not being a text, the text that it gives is taken here.
 */
export function refuseSam(sam: Sam, root: Setting): void {
  const globals = root.get('Globals');
  for (const [kind, names] of Object.entries(ofGlobals)) onlyOf(globals.get(kind), names);
  for (const one of sam.resources.values()) {
    if (!isMap(one.properties, 'expected the properties of the resource')) continue;
    if (one.kind === 'Api') refuseApi(one);
    if (one.kind === 'Function' || one.kind === 'StateMachine') refuseOwner(one, sam, root);
  }
}

function refuseOwner({ properties }: SamResource, sam: Sam, root: Setting): void {
  const alias = properties.get('AutoPublishAlias');
  if (scalarAt(alias) === '') alias.problem('DG1203', 'AutoPublishAlias is empty', 'expected the name of an alias');
  const events = properties.get('Events');
  if (!isMap(events, 'expected events by their names')) return;
  for (const name of events.keys()) refuseEvent(name, events.get(name), sam, root);
}
