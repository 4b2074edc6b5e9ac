import type { Setting } from '../setting.ts';
import { ids } from './naming.ts';
import { given, resource, textOf, type Resources, type Service } from './service.ts';

/** The kinds of API that the service makes. */
export interface Here {
  readonly rest: boolean;
  readonly http: boolean;
}
interface Domain {
  readonly kind: string;
  readonly setting: Setting;
}

const plugin = 'serverless-domain-manager';
const read = ['name', 'domainName', 'basePath', 'stage', 'enabled', 'apiType'];

/** `domain` and `domains` of the provider (since 4), `customDomain` and `customDomains` below `custom` of serverless-domain-manager. */
export function domainsOf({ root, provider }: Service, plugins: readonly string[], here: Here): Resources {
  const [single, several] = [root.get('custom').get('customDomain'), root.get('custom').get('customDomains')];
  // The framework looks for the API that there is, the plugin takes a REST API.
  const builtIn = [provider.get('domain'), ...provider.get('domains').items()].filter((one) => one.exists);
  const found = builtIn.flatMap((one) => byKind(one, here.http ? 'http' : 'rest'));
  if (plugins.includes(plugin)) found.push(...[single, ...several.items()].filter((one) => one.kind === 'map').flatMap((one) => byKind(one, 'rest')));
  else for (const one of [single, several]) one.leftToOthers(`counts only with the plugin ${plugin}`);
  return Object.assign({}, ...found.map((one, at) => resourcesOf(one, at, here)));
}

/** One domain may stand for each kind of API, by the name of the kind. */
function byKind(setting: Setting, usual: string): Domain[] {
  if (setting.kind !== 'map') return [{ kind: usual, setting }];
  const kinds = ['rest', 'http', 'websocket'].filter((kind) => setting.get(kind).kind === 'map');
  if (kinds.length > 0) return kinds.map((kind) => ({ kind, setting: setting.get(kind) }));
  return [{ kind: textOf(setting.get('apiType'))?.toLowerCase() ?? usual, setting }];
}

function resourcesOf({ kind, setting }: Domain, at: number, here: Here): Resources {
  const isMap = setting.kind === 'map';
  const name = !isMap ? setting : setting.get('name').exists ? setting.get('name') : setting.get('domainName');
  if (isMap) for (const key of setting.keys()) if (!read.includes(key)) setting.get(key).ignored('says how AWS makes the domain');
  const off = isMap && textOf(setting.get('enabled')) === 'false';
  if (off || kind === 'websocket' || (kind === 'http' ? !here.http : !here.rest)) {
    setting.leftToOthers(off ? 'the domain is not enabled' : 'this service makes no API of that kind');
    return {};
  }
  if (textOf(name) === undefined) {
    setting.problem('DG1204', 'a custom domain needs the name of a host', 'expected name, or domainName for the plugin');
    return {};
  }
  const path = isMap ? textOf(setting.get('basePath'))?.replaceAll(/^\/|\/$/g, '') : undefined;
  const base = path === '' || path === '(none)' ? undefined : path;
  const [domain, mapping] = [`CustomDomain${at}`, `CustomDomainMapping${at}`];
  if (kind === 'http') {
    if (isMap) setting.get('stage').ignored('the HTTP API of a service has one stage');
    const mapped = { ApiId: { Ref: ids.httpApi }, DomainName: name.tree, Stage: '$default', ApiMappingKey: base };
    return {
      [domain]: resource('AWS::ApiGatewayV2::DomainName', { DomainName: name.tree }, setting),
      [mapping]: resource('AWS::ApiGatewayV2::ApiMapping', mapped, setting),
    };
  }
  const stage = (isMap ? given(setting.get('stage')) : undefined) ?? { Ref: ids.stage };
  const mapped = { RestApiId: { Ref: ids.restApi }, DomainName: name.tree, Stage: stage, BasePath: base };
  return {
    [domain]: resource('AWS::ApiGateway::DomainName', { DomainName: name.tree }, setting),
    [mapping]: resource('AWS::ApiGateway::BasePathMapping', mapped, setting),
  };
}
