import type { KongRoute } from './route.ts';

const families = [['http', 'https'], ['tcp', 'tls', 'udp'], ['tls_passthrough'], ['grpc', 'grpcs'], ['ws', 'wss']] as const;
const secure: ReadonlySet<string> = new Set(['https', 'grpcs', 'wss', 'tls', 'tls_passthrough']);

/** A route of TCP, UDP or passed-through TLS: not a matter of HTTP. */
export const isStream = ({ protocols }: KongRoute): boolean =>
  protocols.some((one) => families[1].some((stream) => stream === one) || one === 'tls_passthrough');

/** Says that a route of streams is not served. */
export function ignoreStream({ setting, protocols }: KongRoute): void {
  const why = 'streams (TCP, UDP, TLS passed through) are not served here: this gateway speaks HTTP';
  setting.ignored(why);
  setting.warning('DG1208', `a route for ${protocols.join(', ')} is not served`, why);
}

/** What a route may and must have for its protocols (kong.db.schema.entities.routes and routes_subschemas). */
export function checkProtocols(route: KongRoute): void {
  const { setting, protocols } = route;
  const family = families.find((one) => one.some((protocol) => protocol === protocols[0])) ?? families[0];
  const [first] = family;
  const stranger = protocols.find((protocol) => !family.some((one) => one === protocol));
  if (stranger !== undefined)
    setting
      .get('protocols')
      .problem('DG1203', `${setting.name}.protocols mixes ${protocols[0] ?? ''} and ${stranger}`, `expected ${family.join(' and ')} alone`);
  const isSecure = protocols.some((one) => secure.has(one));
  const has = (key: string): boolean => setting.get(key).exists && (setting.get(key).kind !== 'list' || setting.get(key).items().length > 0);
  const forbid = (...keys: readonly string[]): void => {
    for (const key of keys) if (has(key)) setting.get(key).problem('DG1203', `a route for ${protocols.join(', ')} cannot have ${key}`, 'take it out');
  };
  const demand = (...keys: readonly string[]): void => {
    if (!has('expression') && !keys.some(has))
      setting.problem('DG1204', `${setting.name} has none of ${keys.join(', ')}`, `a route for ${protocols.join(', ')} needs at least one of them`);
  };
  if (!isSecure) forbid('snis');
  if (first === 'http') {
    forbid('sources', 'destinations');
    demand('methods', 'hosts', 'headers', 'paths', ...(isSecure ? ['snis'] : []));
  } else if (first === 'grpc' || first === 'ws') {
    forbid('methods', 'sources', 'destinations');
    demand('hosts', 'headers', 'paths', ...(isSecure ? ['snis'] : []));
    if (first === 'grpc' && setting.get('strip_path').boolean() === true)
      setting.get('strip_path').problem('DG1203', 'a route for gRPC cannot have strip_path', 'take it out');
  } else {
    forbid('methods', 'hosts', 'headers', 'paths');
    demand(...(first === 'tls_passthrough' ? ['snis'] : ['sources', 'destinations', 'snis']));
  }
}
