import type { Step } from '../../../../model/gateway.ts';
import type { Setting } from '../../../../sources/setting.ts';
import type { RuleFacts } from '../../backends/resolve.ts';
import { serviceProxy } from '../../backends/service-proxy.ts';
import { normalPath } from '../../matching/normal-path.ts';
import type { GrpcAuthOptions } from './by-grpc.ts';
import type { HttpAuthOptions } from './by-http.ts';

/** As Envoy Gateway has it; the specification says nothing of it. */
const timeoutMs = 10_000;

/** The step of a filter ExternalAuth. Where nobody can be asked it is told, and its requests do not pass. */
export function readExternalAuth(filter: Setting, { namespace, resolve }: RuleFacts): Step {
  const { origin } = filter;
  const ref = filter.get('backendRef');
  const byGrpc = filter.get('protocol').string() === 'GRPC';
  const backend = resolve(ref, namespace);
  const maxBody = filter.get('forwardBody').get('maxSize').number() ?? 0;
  const settings = filter.get(byGrpc ? 'grpc' : 'http');
  const asks = names(settings.get('allowedHeaders'));
  const [prefix, brings] = byGrpc ? ['', []] : [prefixOf(settings.get('path')), names(settings.get('allowedResponseHeaders'))];
  if ('problem' in backend) {
    ref.warning('DG1205', backend.problem, 'nobody is asked: its requests answer 500');
    return { kind: 'gateway-api/unknown-filter', options: { reason: backend.problem }, origin };
  }
  if (!byGrpc) {
    const options: HttpAuthOptions = { destination: serviceProxy(backend, ref.origin, { timeoutMs }), prefix, asks, brings, maxBody };
    return { kind: 'gateway-api/external-auth', options, origin };
  }
  const destination = serviceProxy({ ...backend, protocol: 'h2c' }, ref.origin, { timeoutMs });
  const authority = backend.upstream.replace(/^([^/]*)\/([^:]*)/, '$2.$1');
  const options: GrpcAuthOptions = { destination, authority, timeoutMs, asks, maxBody };
  return { kind: 'gateway-api/external-auth-grpc', options, origin };
}

const names = (list: Setting): string[] => list.strings().map((one) => one.toLowerCase());

function prefixOf(setting: Setting): string {
  const path = setting.string() ?? '';
  return path === '' ? '' : normalPath(path.startsWith('/') ? path : `/${path}`).replace(/\/$/, '');
}
