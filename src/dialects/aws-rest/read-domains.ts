import type { Resource, Template } from '../../sources/cloudformation/template.ts';
import type { Setting } from '../../sources/setting.ts';
import { domainResource, domainType, hostOf } from '../aws/domains.ts';

/** What stands below a base path of a custom domain. */
export interface Mapping {
  /** Empty, or `/` and segments. */
  readonly path: string;
  readonly api: string;
  /** Null: callers name the stage behind the base path. */
  readonly stage: string | null;
}
export interface Domain {
  readonly host: string;
  readonly setting: Setting;
  readonly mappings: readonly Mapping[];
  /** What the domain asks of its callers that nothing here can ask; empty: nothing. */
  readonly unsupported: string;
}

const mappingType = /^AWS::(?:ApiGateway::BasePathMapping(?:V2)?|ApiGatewayV2::ApiMapping)$/;

/** The custom domains of REST APIs. Source: the developer guide, API mappings for REST APIs. */
export function readDomains({ resources }: Template, apis: ReadonlySet<string>): Domain[] {
  const domains = new Map<string, Mapping[]>();
  const settings = new Map<string, { readonly setting: Setting; readonly named: string }>();
  /** Domains of APIs of another kind, which read them themselves. */
  const elsewhere = new Map<string, Setting>();
  for (const { type, properties } of resources) {
    if (!mappingType.test(type)) continue;
    const domain = properties.get(type.endsWith('MappingV2') ? 'DomainNameArn' : 'DomainName');
    const [apiId, key] = type.endsWith('ApiMapping') ? (['ApiId', 'ApiMappingKey'] as const) : (['RestApiId', 'BasePath'] as const);
    const api = properties.get(apiId).string() ?? '';
    const host = hostOf(domain, resources);
    if (!apis.has(api)) {
      if (host !== undefined) elsewhere.set(host, properties);
      if (type.startsWith('AWS::ApiGateway::')) properties.ignored('belongs to an API of another template');
      continue;
    }
    for (const name of ['Id', 'Tags']) properties.get(name).ignored('is a name for people');
    const path =
      properties
        .get(key)
        .string()
        ?.replaceAll(/^\/+|\/+$/g, '') ?? '';
    const stage = properties.get('Stage').string() ?? null;
    if (host === undefined) {
      properties.ignored('nothing here says which host the domain is');
      continue;
    }
    settings.set(host, { setting: properties, named: domain.string() ?? '' });
    const mapping = {
      path: path === '' || path === '(none)' ? '' : `/${path}`,
      api,
      stage: stage === null ? null : stageNamed(stage, api, resources),
    };
    domains.set(host, [...(domains.get(host) ?? []), mapping]);
  }
  for (const host of domains.keys())
    elsewhere.get(host)?.warning('DG1208', `${host} serves REST APIs and APIs of another kind`, 'only its REST APIs are served on that host');
  for (const { type, properties } of resources)
    if (domainType.test(type)) properties.leftToOthers('no REST API of this template is served on this domain');
  return [...domains].map(([host, mappings]) => {
    const { setting, named } = settings.get(host) as { readonly setting: Setting; readonly named: string };
    const resource = domainResource(named, resources);
    return { host, setting: resource?.setting ?? setting, mappings, unsupported: resource === undefined ? '' : readDomain(resource) };
  });
}

function readDomain({ properties }: Resource): string {
  properties.get('DomainName').string();
  for (const name of properties.keys())
    if (name !== 'DomainName' && !Object.hasOwn(guards, name))
      properties.get(name).ignored('concerns the certificate and the endpoint of production');
  return Object.entries(guards)
    .flatMap(([name, what]) => {
      const guard = properties.get(name);
      if (!guard.exists) return [];
      guard.settle();
      guard.warning('DG1208', `${what} is not supported yet`, 'requests to that host answer 501; those to the host of the API are served');
      return [what];
    })
    .join(' and ');
}

/** What asks callers of a domain for something that nothing here can ask. */
const guards: Readonly<Record<string, string>> = { MutualTlsAuthentication: 'mutual TLS of a domain', Policy: 'the policy of a private domain' };

/** A mapping names a stage by its name or, where a packaging made it, by its logical id. */
function stageNamed(named: string, api: string, resources: readonly Resource[]): string {
  const stage = resources.find(({ id, type }) => id === named && type === 'AWS::ApiGateway::Stage');
  return (stage?.properties.get('RestApiId').string() === api ? stage.properties.get('StageName').string() : undefined) ?? named;
}
