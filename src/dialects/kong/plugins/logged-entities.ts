import type { KongRoute } from '../entities/route.ts';
import type { KongService } from '../entities/service.ts';

/** A route and its service as Kong's logs show them: the entities, in plain data. */
export interface LoggedEntities {
  readonly route: Readonly<Record<string, unknown>> & { readonly id: string; readonly name: string | undefined };
  readonly service: (Readonly<Record<string, unknown>> & { readonly id: string; readonly name: string | undefined; readonly host: string }) | null;
}
/** By the id that the engine knows a route by. */
export type LoggedRoutes = Readonly<Record<string, LoggedEntities>>;

const orNone = <T>(list: readonly T[]): readonly T[] | undefined => (list.length === 0 ? undefined : list);

const routeEntity = (route: KongRoute): LoggedEntities['route'] => ({
  id: route.id,
  name: route.name || undefined,
  protocols: route.protocols,
  methods: orNone(route.methods),
  hosts: orNone(route.hosts),
  paths: orNone(route.paths),
  headers: route.headers.length === 0 ? undefined : Object.fromEntries(route.headers),
  snis: orNone(route.snis),
  expression: route.expression || undefined,
  regex_priority: route.regexPriority,
  strip_path: route.stripPath,
  path_handling: route.pathHandling,
  preserve_host: route.preserveHost,
  https_redirect_status_code: route.redirectStatus,
  request_buffering: true,
  response_buffering: true,
  service: route.service === null ? undefined : { id: route.service.id },
});

const serviceEntity = (service: KongService): NonNullable<LoggedEntities['service']> => ({
  id: service.id,
  name: service.name || undefined,
  protocol: service.protocol,
  host: service.host,
  port: service.port,
  path: service.path || undefined,
  connect_timeout: service.connectTimeout,
  read_timeout: service.readTimeout,
  write_timeout: 60_000,
  retries: 5,
  enabled: service.enabled,
});

export const loggedRoutes = (routes: readonly KongRoute[]): LoggedRoutes =>
  Object.fromEntries(
    routes.map((route) => [route.key, { route: routeEntity(route), service: route.service === null ? null : serviceEntity(route.service) }]),
  );
