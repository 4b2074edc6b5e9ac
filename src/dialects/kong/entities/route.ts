import type { Setting } from '../../../sources/setting.ts';
import type { KongService } from './service.ts';
import { migratedPath } from './migrated-path.ts';
import { ignoreBookkeeping } from './shared.ts';

export interface KongRoute {
  readonly id: string;
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

export function readRoute(setting: Setting, service: KongService | null, index: number, isOld: boolean): KongRoute {
  const name = setting.get('name').string() ?? '';
  ignoreBookkeeping(setting, { response_buffering: buffering });
  const expression = setting.get('expression').string() ?? '';
  const paths = setting.get('paths').strings();
  const protocols = setting.get('protocols').strings();
  return {
    id: setting.get('id').string() ?? `route ${name || index}`,
    name,
    service,
    protocols: protocols.length === 0 ? ['http', 'https'] : protocols,
    hosts: setting.get('hosts').strings(),
    paths: isOld ? paths.map(migratedPath) : paths,
    methods: setting.get('methods').strings(),
    headers: setting
      .get('headers')
      .entries()
      .map(([header, values]) => [header.toLowerCase(), values.strings()] as const),
    snis: setting
      .get('snis')
      .strings()
      .map((one) => one.replace(/\.$/, '')),
    sources: setting.get('sources').items().map(readPeer),
    destinations: setting.get('destinations').items().map(readPeer),
    expression,
    priority: setting.get('priority').number() ?? 0,
    regexPriority: setting.get('regex_priority').number() ?? 0,
    stripPath: setting.get('strip_path').boolean() ?? true,
    pathHandling: setting.get('path_handling').oneOf('v0', 'v1') ?? 'v0',
    preserveHost: setting.get('preserve_host').boolean() ?? false,
    requestBuffering: setting.get('request_buffering').boolean() ?? true,
    redirectStatus: setting.get('https_redirect_status_code').number() ?? 426,
    createdAt: setting.get('created_at').number() ?? 0,
    setting,
  };
}
const readPeer = (setting: Setting): Peer => ({ ip: setting.get('ip').string() ?? '', port: setting.get('port').number() ?? 0 });
