import type { Setting } from '../setting.ts';
import { ids } from './naming.ts';
import { given, resource, textOf, type Resources, type Service } from './service.ts';

const plugin = 'serverless-domain-manager';

/** `custom.customDomain` and `customDomains` of serverless-domain-manager. `here`: the kinds of API that the service makes. */
export function domainsOf(service: Service, plugins: readonly string[], here: { readonly rest: boolean; readonly http: boolean }): Resources {
  const custom = service.root.get('custom');
  const [single, several] = [custom.get('customDomain'), custom.get('customDomains')];
  if (!plugins.includes(plugin)) {
    for (const one of [single, several]) one.leftToOthers(`counts only with the plugin ${plugin}`);
    return {};
  }
  // One domain may stand for each kind of API, by the name of the kind; a list has as many as there are.
  const found = [...(single.kind === 'map' ? byKind(single) : []), ...several.items().flatMap(byKind)];
  return Object.assign({}, ...found.map(({ kind, setting }, at) => domainOf(setting, kind, at, here)));
}

interface Found {
  readonly kind: string;
  readonly setting: Setting;
}

const byKind = (setting: Setting): Found[] => {
  const kinds = ['rest', 'http', 'websocket'].filter((kind) => setting.get(kind).kind === 'map');
  if (kinds.length > 0) return kinds.map((kind) => ({ kind, setting: setting.get(kind) }));
  return [{ kind: textOf(setting.get('apiType'))?.toLowerCase() ?? 'rest', setting }];
};

function domainOf(setting: Setting, kind: string, at: number, here: { readonly rest: boolean; readonly http: boolean }): Resources {
  const [name, base, enabled] = [setting.get('domainName'), setting.get('basePath'), textOf(setting.get('enabled'))];
  const stage = given(setting.get('stage'));
  for (const key of setting.keys())
    if (!['domainName', 'basePath', 'stage', 'enabled', 'apiType'].includes(key)) setting.get(key).ignored('says how AWS makes the domain');
  if (enabled === 'false' || kind === 'websocket' || (kind === 'http' ? !here.http : !here.rest)) {
    setting.leftToOthers(enabled === 'false' ? 'the domain is not enabled' : 'this service makes no API of that kind');
    return {};
  }
  if (textOf(name) === undefined) {
    name.problem('DG1204', 'a custom domain needs domainName', 'expected the name of a host');
    return {};
  }
  // The plugin writes `(none)` for no base path.
  const path = textOf(base) === '(none)' ? undefined : given(base);
  const [domain, mapping] = [`CustomDomain${at}`, `CustomDomainMapping${at}`];
  if (kind === 'http')
    return {
      [domain]: resource('AWS::ApiGatewayV2::DomainName', { DomainName: name.tree }, setting),
      [mapping]: resource(
        'AWS::ApiGatewayV2::ApiMapping',
        { ApiId: { Ref: ids.httpApi }, DomainName: name.tree, Stage: '$default', ApiMappingKey: path },
        setting,
      ),
    };
  return {
    [domain]: resource('AWS::ApiGateway::DomainName', { DomainName: name.tree }, setting),
    [mapping]: resource(
      'AWS::ApiGateway::BasePathMapping',
      { RestApiId: { Ref: ids.restApi }, DomainName: name.tree, Stage: stage ?? { Ref: ids.stage }, BasePath: path },
      setting,
    ),
  };
}
