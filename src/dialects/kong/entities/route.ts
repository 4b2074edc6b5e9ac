import type { Setting } from '../../../sources/setting.ts';
import type { KongService } from './service.ts';
import { headerNameFault, judge, judged, methodFault, nameFault, readId, routeHostFault, routePathFault, sniFault } from './formats.ts';
import { migratedPath } from './migrated-path.ts';
import { checkProtocols } from './route-protocols.ts';
import { ignoreBookkeeping } from './shared.ts';

export interface KongRoute {
  readonly id: string;
  /** What traffic and explanations call it: its name, its own id or its place. */
  readonly key: string;
  /** Whether Kong would draw its id by lot: nothing is decided by it. */
  readonly isDrawn: boolean;
  readonly name: string;
  readonly service: KongService | null;
  readonly protocols: readonly string[];
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
  readonly methods: readonly string[];
  readonly headers: readonly (readonly [string, readonly string[]])[];
  readonly snis: readonly string[];
  readonly sources: readonly Peer[];
  readonly destinations: readonly Peer[];
  readonly expression: string;
  readonly priority: number;
  readonly regexPriority: number;
  readonly stripPath: boolean;
  readonly pathHandling: 'v0' | 'v1';
  readonly preserveHost: boolean;
  /** Whether a body is read before it is sent. */
  readonly requestBuffering: boolean;
  readonly redirectStatus: number;
  readonly createdAt: number;
  readonly setting: Setting;
}
export interface Peer {
  readonly ip: string;
  readonly port: number;
}

const buffering = 'bodies pass here as they come, and are whole where a plugin wants them';
const protocols = ['http', 'https', 'tcp', 'tls', 'udp', 'tls_passthrough', 'grpc', 'grpcs', 'ws', 'wss'] as const;
const nested = ['service', 'plugins', 'filter_chains'];

/** `isOld`: of a file from before 3.0. */
export function readRoute(setting: Setting, service: KongService | null, index: number, isOld: boolean): KongRoute {
  const name = setting.get('name').string() ?? '';
  judge(setting.get('name'), name, nameFault);
  ignoreBookkeeping(setting, { response_buffering: buffering });
  const expression = setting.get('expression').string() ?? '';
  const listed = setting
    .get('protocols')
    .items()
    .flatMap((one) => one.oneOf(...protocols) ?? []);
  const paths = isOld ? setting.get('paths').strings().map(migratedPath) : judged(setting.get('paths'), routePathFault);
  const id = readId(setting, 'routes', name, String(index));
  const hasId = setting.get('id').exists;
  const route: KongRoute = {
    id,
    key: name || (hasId ? id : `route ${index}`),
    isDrawn: name === '' && !hasId,
    name,
    service,
    protocols: listed.length === 0 ? ['http', 'https'] : listed,
    hosts: judged(setting.get('hosts'), routeHostFault),
    paths,
    methods: judged(setting.get('methods'), methodFault),
    headers: setting
      .get('headers')
      .entries()
      .map(([header, values]) => {
        judge(values, header, headerNameFault);
        return [header.toLowerCase(), values.strings()] as const;
      }),
    snis: judged(setting.get('snis'), sniFault).map((one) => one.replace(/\.$/, '')),
    sources: setting.get('sources').items().map(readPeer),
    destinations: setting.get('destinations').items().map(readPeer),
    expression,
    priority: setting.get('priority').number({ integer: true }) ?? 0,
    regexPriority: setting.get('regex_priority').number({ integer: true }) ?? 0,
    stripPath: setting.get('strip_path').boolean() ?? !listed.some((one) => one.startsWith('grpc')),
    pathHandling: setting.get('path_handling').oneOf('v0', 'v1') ?? 'v0',
    preserveHost: setting.get('preserve_host').boolean() ?? false,
    requestBuffering: setting.get('request_buffering').boolean() ?? true,
    redirectStatus: redirectStatusOf(setting.get('https_redirect_status_code')),
    createdAt: setting.get('created_at').number() ?? 0,
    setting,
  };
  if (setting.get('filter_chains').exists) setting.get('filter_chains').ignored('filters in WebAssembly are not run here');
  setting.expects(nested);
  setting.rejectUnknownKeys();
  checkProtocols(route);
  return route;
}

const readPeer = (setting: Setting): Peer => ({
  ip: setting.get('ip').string() ?? '',
  port: setting.get('port').number({ min: 0, max: 65_535, integer: true }) ?? 0,
});

function redirectStatusOf(setting: Setting): number {
  const status = setting.number() ?? 426;
  if ([426, 301, 302, 307, 308].includes(status)) return status;
  return setting.problem('DG1203', `${setting.name} is ${status}`, 'expected 426, 301, 302, 307 or 308') ?? 426;
}
