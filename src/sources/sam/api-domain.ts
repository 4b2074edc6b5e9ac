import { createHash } from 'node:crypto';
import type { Made } from '../tree.ts';
import { membersOf, plainResource, type Plain, type SamResource } from './model.ts';

const hash = (text: string): string => createHash('sha1').update(text).digest('hex').slice(0, 10);

/** The domain of a REST API, and the paths below which it serves it. */
export function unfoldDomain(api: SamResource, stage: Made): Plain {
  const domain = api.properties.get('Domain');
  const name = domain.get('DomainName').string();
  if (name === undefined) return {};
  domain.get('Route53').ignored('names are looked up on this machine');
  domain.get('AccessAssociation').ignored('says from which private network the domain is reached');
  const type = domain.get('EndpointConfiguration').string() ?? 'REGIONAL';
  const isPrivate = type === 'PRIVATE';
  const id = `${isPrivate ? 'ApiGatewayDomainNameV2' : 'ApiGatewayDomainName'}${hash(name)}`;
  const certificate = { [type === 'REGIONAL' ? 'RegionalCertificateArn' : 'CertificateArn']: domain.get('CertificateArn').tree };
  const others = membersOf(domain, [
    'Route53',
    'AccessAssociation',
    'BasePath',
    'NormalizeBasePath',
    'EndpointConfiguration',
    'CertificateArn',
    'IpAddressType',
  ]);
  const endpoint = { Types: [type], IpAddressType: domain.get('IpAddressType').tree };
  const version = isPrivate ? 'V2' : '';
  const normalize = domain.get('NormalizeBasePath').boolean() ?? true;
  const paths = domain.get('BasePath').exists ? domain.get('BasePath').strings() : [undefined];
  const made: Plain = {
    [id]: plainResource(`AWS::ApiGateway::DomainName${version}`, { ...others, ...certificate, EndpointConfiguration: endpoint }, api),
  };
  for (const path of paths) {
    const short = path?.replaceAll(/[^\p{L}\p{N}]/gu, '');
    made[`${api.id}${short ?? ''}BasePathMapping`] = plainResource(
      `AWS::ApiGateway::BasePathMapping${version}`,
      { [isPrivate ? 'DomainNameArn' : 'DomainName']: id, RestApiId: api.id, Stage: stage, BasePath: normalize ? short : path },
      api,
    );
  }
  return made;
}
