import type { Step } from '../../../model/gateway.ts';
import type { Setting } from '../../../sources/setting.ts';
import type { RuleFacts } from '../backends/resolve.ts';
import { serviceProxy } from '../backends/service-proxy.ts';
import { normalPath } from '../normal-path.ts';
import type { ExternalAuthOptions } from './external-auth.ts';

/** As Envoy Gateway has it; the specification says nothing of it. */
const timeoutMs = 10_000;

/** The step of a filter ExternalAuth. What cannot be asked is told, and its requests do not pass. */
export function readExternalAuth(filter: Setting, { namespace, resolve }: RuleFacts): Step {
  const { origin } = filter;
  const ref = filter.get('backendRef');
  const protocol = filter.get('protocol').string() ?? '';
  const backend = resolve(ref, namespace);
  const maxBody = filter.get('forwardBody').get('maxSize').number() ?? 0;
  if (protocol !== 'HTTP') {
    filter.warning('DG1208', `ExternalAuth with the protocol ${protocol} is not supported`, 'its requests answer 501');
    filter.get('grpc').ignored('its requests answer 501');
    return { kind: 'gateway-api/not-served', options: { what: `ExternalAuth with the protocol ${protocol}` }, origin };
  }
  const http = filter.get('http');
  const path = http.get('path').string() ?? '';
  const [asks, brings] = [names(http.get('allowedHeaders')), names(http.get('allowedResponseHeaders'))];
  if ('problem' in backend) {
    ref.warning('DG1205', backend.problem, 'nobody is asked: its requests answer 500');
    return { kind: 'gateway-api/unknown-filter', options: { reason: backend.problem }, origin };
  }
  const prefix = path === '' ? '' : normalPath(path.startsWith('/') ? path : `/${path}`).replace(/\/$/, '');
  const options: ExternalAuthOptions = { destination: serviceProxy(backend, ref.origin, { timeoutMs }), prefix, asks, brings, maxBody };
  return { kind: 'gateway-api/external-auth', options, origin };
}

const names = (list: Setting): string[] => list.strings().map((one) => one.toLowerCase());
