import type { UpstreamTls } from '../../model/gateway.ts';
import type { Setting } from '../../sources/setting.ts';
import type { KongService } from './entities/service.ts';
import type { KongUpstream } from './entities/upstream.ts';

/** How a service is spoken to over TLS. Its own client certificate comes before that of the upstream (kong.runloop.upstream_ssl). */
export function upstreamTls(roots: readonly Setting[], service: KongService, upstream: KongUpstream | undefined): UpstreamTls {
  const { setting } = service;
  const owner = service.clientCertificate === '' ? upstream?.setting : setting;
  const client = service.clientCertificate || upstream?.clientCertificate;
  const certificate = client ? entityOf(roots, 'certificates', client, owner?.get('client_certificate') ?? setting) : undefined;
  const authorities = service.caCertificates.map((id) =>
    entityOf(roots, 'ca_certificates', id, setting.get('ca_certificates'))?.get('cert').string(),
  );
  return {
    verify: service.tlsVerify,
    // Empty: the name is that of the Host field, as with proxy_ssl_name.
    serverName: '',
    authorities: authorities.filter((one) => one !== undefined).join('\n'),
    certificate: certificate?.get('cert').string() ?? '',
    key: certificate?.get('key').string() ?? '',
  };
}

function entityOf(roots: readonly Setting[], collection: string, id: string, by: Setting): Setting | undefined {
  const found = roots.flatMap((root) => root.get(collection).items()).find((one) => one.get('id').string() === id);
  return (
    found ?? by.problem('DG1205', `there is no entry ${JSON.stringify(id)} in ${collection}`, `expected the id of one of ${collection} of this file`)
  );
}
