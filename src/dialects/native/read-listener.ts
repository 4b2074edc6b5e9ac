import type { Listener, ListenerTls } from '../../model/gateway.ts';
import type { Setting } from '../../sources/setting.ts';
import { readPem, type Place } from './read-pem.ts';

/** A port of production. One with `https` and no certificates shows those of the local authority. */
export function readListener(setting: Setting, place: Place): Listener[] {
  const port = setting.get('port').number({ min: 1, max: 65_535, integer: true });
  const protocol = setting.get('protocol').oneOf('http', 'https') ?? 'http';
  const name = setting.get('name').string() ?? protocol;
  const tls = readTls(setting, place);
  setting.rejectUnknownKeys();
  if (port === undefined) return setting.problem('DG1204', `${setting.name}.port is missing`, 'expected the port of production') ?? [];
  if (protocol === 'http' && (tls.certificates.length > 0 || tls.clientAuthentication !== undefined))
    setting.problem('DG1206', `${setting.name} has certificates and speaks http`, 'expected protocol: https');
  return [{ name, port, protocol, ...(protocol === 'https' ? { tls } : {}) }];
}

function readTls(setting: Setting, place: Place): ListenerTls {
  const certificates = setting
    .get('certificates')
    .items()
    .map((one) => {
      const pair = { names: one.get('names').strings(), certificate: readPem(one.get('certificate'), place), key: readPem(one.get('key'), place) };
      one.rejectUnknownKeys();
      if (pair.certificate === undefined || pair.key === undefined)
        one.problem('DG1204', `${one.name} needs a certificate and its key`, 'expected certificate: FILE and key: FILE');
      return { names: pair.names, certificate: pair.certificate ?? '', key: pair.key ?? '' };
    });
  const clients = setting.get('clients');
  if (!clients.exists) return { certificates };
  const clientAuthentication = {
    authorities: readPem(clients.get('authorities'), place) ?? '',
    mode: clients.get('mode').oneOf('request', 'require') ?? 'require',
  };
  clients.rejectUnknownKeys();
  return { certificates, clientAuthentication };
}
