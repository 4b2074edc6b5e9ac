import { createHash } from 'node:crypto';
import type { Setting } from '../setting.ts';
import { plainResource, type Plain, type SamResource } from './model.ts';

/** The domain of an HTTP API, and where the API stands on it. Source: samtranslator, http_api_generator.py. */
export function unfoldDomain(api: SamResource, stage: string): Plain {
  const domain = api.properties.get('Domain');
  if (!domain.exists) return {};
  if (domain.kind !== 'map') return (domain.problem('DG1202', 'Domain is no map', 'expected DomainName and CertificateArn'), {});
  const name = domain.get('DomainName');
  for (const key of ['DomainName', 'CertificateArn'])
    if (!domain.get(key).exists) domain.problem('DG1204', `Domain has no ${key}`, `expected ${key}`);
  domain.get('EndpointConfiguration').oneOf('REGIONAL');
  const mutual = domain.get('MutualTlsAuthentication');
  if (mutual.exists && mutual.kind !== 'map') mutual.problem('DG1202', 'MutualTlsAuthentication is no map', 'expected TruststoreUri');
  mutual.expects(['TruststoreUri', 'TruststoreVersion']);
  mutual.rejectUnknownKeys();
  readRoute53(domain.get('Route53'));
  const id = `ApiGatewayDomainNameV2${createHash('sha1')
    .update(name.tree?.kind === 'scalar' ? String(name.tree.value) : '')
    .digest('hex')
    .slice(0, 10)}`;
  const made = {
    DomainName: name.tree,
    MutualTlsAuthentication: mutual.tree,
    DomainNameConfigurations: [
      {
        CertificateArn: domain.get('CertificateArn').tree,
        SecurityPolicy: domain.get('SecurityPolicy').tree,
        OwnershipVerificationCertificateArn: domain.get('OwnershipVerificationCertificateArn').tree,
        IpAddressType: domain.get('IpAddressType').tree,
      },
    ],
  };
  const mapping = { DomainName: id, ApiId: api.id, Stage: stage };
  const keys = domain.get('BasePath');
  const mappings = keys.exists ? keys.items().flatMap((one) => keyOf(one) ?? []) : [''];
  return {
    [id]: plainResource('AWS::ApiGatewayV2::DomainName', made, api),
    ...Object.fromEntries(
      mappings.map((key) => [
        `${api.id}${key.replaceAll(/[-_/]/g, '')}ApiMapping`,
        plainResource('AWS::ApiGatewayV2::ApiMapping', key === '' ? mapping : { ...mapping, ApiMappingKey: key }, api),
      ]),
    ),
  };
}

function keyOf(setting: Setting): string | undefined {
  const text = setting.string();
  if (text !== undefined && /[^\w/-]/.test(text)) return setting.problem('DG1203', `${text} is no base path`, 'expected letters, digits, - and _');
  return text?.replaceAll(/^\/+|\/+$/g, '');
}

function readRoute53(route: Setting): void {
  if (!route.exists) return;
  if (route.kind !== 'map') route.problem('DG1202', 'Route53 is no map', 'expected HostedZoneId or HostedZoneName');
  else if (!route.get('HostedZoneId').exists && !route.get('HostedZoneName').exists)
    route.problem('DG1204', 'Route53 names no zone', 'expected HostedZoneId or HostedZoneName');
  route.ignored('names are not resolved by this gateway');
}
