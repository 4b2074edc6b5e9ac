import type { Resource } from '../../sources/cloudformation/template.ts';
import { hostOf } from '../aws/domains.ts';
import type { Domain } from './api.ts';

/** Custom domains, each with the stages of `apis` that stand below its keys. `of`: the resources of a kind, or those of one API. */
export function readDomains(
  of: (name: string, api?: string) => readonly Resource[],
  resources: readonly Resource[],
  apis: ReadonlySet<string>,
): Domain[] {
  for (const { properties } of of('DomainName'))
    for (const name of properties.keys())
      if (name !== 'DomainName') properties.get(name).ignored('requests come without TLS, certificates and DNS of the domain');
  const domains = new Map<string, { key: string; api: string; stage: string }[]>();
  for (const { properties } of of('ApiMapping')) {
    const api = properties.get('ApiId').string() ?? '';
    const domain = hostOf(properties.get('DomainName'), resources);
    if (!apis.has(api) || domain === undefined) {
      properties.leftToOthers('leads to no HTTP API of this template, or nothing says which host the domain is');
      continue;
    }
    const named = properties.get('Stage').string() ?? '';
    const stage =
      of('Stage', api)
        .find((one) => one.id === named)
        ?.properties.get('StageName')
        .string() ?? named;
    domains.set(domain, [...(domains.get(domain) ?? []), { key: properties.get('ApiMappingKey').string() ?? '', api, stage }]);
  }
  return [...domains].map(([host, mappings]) => ({ host, mappings }));
}
