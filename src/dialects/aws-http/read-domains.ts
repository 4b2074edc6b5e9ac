import type { Resource } from '../../sources/cloudformation/template.ts';
import type { Domain } from './api.ts';

/** Custom domains, each with the stages that stand below its keys. `of`: the resources of a kind, or those of one API. */
export function readDomains(of: (name: string, api?: string) => readonly Resource[]): Domain[] {
  const hosts = new Map(of('DomainName').map(({ id, properties }) => [id, properties.get('DomainName').string() ?? id]));
  for (const { properties } of of('DomainName'))
    for (const name of properties.keys())
      if (name !== 'DomainName') properties.get(name).ignored('requests come without TLS, certificates and DNS of the domain');
  const domains = new Map<string, { key: string; api: string; stage: string }[]>();
  for (const { properties } of of('ApiMapping')) {
    const api = properties.get('ApiId').string() ?? '';
    const named = properties.get('Stage').string() ?? '';
    const name = properties.get('DomainName').string() ?? '';
    const domain = (hosts.get(name) ?? name).toLowerCase();
    const stage =
      of('Stage', api)
        .find((one) => one.id === named)
        ?.properties.get('StageName')
        .string() ?? named;
    domains.set(domain, [...(domains.get(domain) ?? []), { key: properties.get('ApiMappingKey').string() ?? '', api, stage }]);
  }
  return [...domains].map(([host, mappings]) => ({ host, mappings }));
}
