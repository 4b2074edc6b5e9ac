import path from 'node:path';
import type { Listener, ListenerTls, Named, Plan, Route, Site } from '../../model/gateway.ts';
import type { Setting } from '../../sources/setting.ts';
import type { CompileInput, Compiled } from '../dialect.ts';
import type { DebugFieldsOptions } from './debug-fields.ts';
import { describe, upstreamRequest, whenOf } from './compile-route.ts';
import { destinationOf } from './destination.ts';
import { readCertificates } from './entities/certificate.ts';
import { readDocuments } from './entities/documents.ts';
import { settleUntaken } from './entities/head.ts';
import { readEntities } from './entities/read-entities.ts';
import { ignoreStream, isStream } from './entities/route-protocols.ts';
import type { KongRoute } from './entities/route.ts';
import type { KongService } from './entities/service.ts';
import { ignoreSections } from './entities/sections.ts';
import type { FaultBookOptions } from './faults.ts';
import type { HeaderLinesOptions } from './header-lines.ts';
import { readKongConf } from './kong-conf.ts';
import { readNodeSettings } from './node-settings.ts';
import type { OwnFieldsOptions } from './own-fields.ts';
import { PluginReader } from './plan.ts';
import { statusSite } from './status-site.ts';
import type { RouterOptions } from './router/when.ts';
import { settleUnusedCredentials } from './unused-credentials.ts';
import type { SendOptions } from './upstream-request.ts';

/** Turns declarative files into one site: a node of Kong with all of them, as decK reads several files. */
export function compileKong({ sources, files, ledger, options }: CompileInput): Compiled {
  const folder = sources[0]?.folder ?? '';
  const conf = readKongConf(folder, files, ledger, options.env);
  const node = readNodeSettings(conf, (file) => (folder === '' ? undefined : files.read(path.resolve(folder, file))));
  const roots = readDocuments(sources, options, conf.get('vault_env_prefix') ?? '', ledger);
  const entities = readEntities(roots);
  settleUnusedCredentials(entities);
  for (const root of roots) ignoreSections(root);
  const reader = new PluginReader(entities, node);
  const named = (kind: string, options: unknown): Named => ({ kind, options, origin: (roots[0] as Setting).origin });
  const accessFields = named('kong/access-fields', null);
  const ownFields = (service: KongService | null): Named =>
    named('kong/own-fields', { fields: [...node.headers], grpc: service?.protocol.startsWith('grpc') === true } satisfies OwnFieldsOptions);
  const debugFields = (route: KongRoute): Named[] =>
    node.debug ? [named('kong/debug-fields', { fields: debugFieldsOf(route) } satisfies DebugFieldsOptions)] : [];
  const live = entities.routes.filter((route) => route.service?.enabled !== false && !isStream(route));
  for (const route of entities.routes.filter(isStream)) ignoreStream(route);
  const routes = live.map((route): Route => {
    const steps = reader.stepsFor(route);
    const origin = route.setting.origin;
    const service = route.service;
    const sending = service === null ? null : destinationOf(route, service, { roots, upstreams: entities.upstreams, realIp: node.realIp });
    return {
      id: route.key,
      when: whenOf(route, node),
      origin,
      label: {
        match: describe(route),
        upstream: service === null ? '(no service)' : `${service.name === '' ? '' : `${service.name} `}${service.host}:${service.port}`,
      },
      request: [
        { kind: 'kong/upstream-request', options: upstreamRequest(route, node, entities.upstreams), origin },
        ...steps.request,
        {
          kind: 'kong/send',
          options: {
            realIp: node.realIp,
            portMaps: node.portMaps,
            strip: route.stripPath,
            service: service !== null,
            sendRequestId: node.headers.has('upstream:x-kong-request-id'),
          } satisfies SendOptions,
          origin,
        },
      ],
      destination: sending?.destination ?? null,
      head: [...debugFields(route), accessFields, ...(sending?.head ?? []), ...steps.head, ownFields(service)],
      body: steps.body,
      log: [...steps.log, ...(sending?.log ?? [])],
    };
  });
  const everywhere = reader.stepsFor(null);
  reader.readRest();
  const noRoute: Plan = { request: [], destination: null, head: [...everywhere.head, ownFields(null)], body: everywhere.body, log: everywhere.log };
  const site: Site = {
    id: 'kong',
    dialect: 'kong',
    faults: named('kong/faults', { defaultType: node.defaultType, templates: node.templates } satisfies FaultBookOptions),
    matcher: named('kong/router', {
      flavor: node.flavor,
      calculation: node.calculation,
      realIp: node.realIp,
      portMaps: node.portMaps,
    } satisfies RouterOptions),
    listeners: withCertificates(node.listeners, readCertificates(roots)),
    hosts: [],
    arrival: [named('kong/header-lines', { most: node.maxHeaderLine } satisfies HeaderLinesOptions), ...everywhere.rewrite],
    routes,
    noRoute,
    limits: node.limits,
  };
  settleUntaken(ledger);
  const isMeasured = entities.plugins.some((one) => one.enabled && one.name === 'prometheus');
  return { sites: isMeasured && node.statusPort !== null ? [site, statusSite(node.statusPort, node, site.faults.origin)] : [site] };
}

/** What `Kong-Debug` is told. */
function debugFieldsOf({ id, name, service }: KongRoute): string[] {
  const fields = ['Kong-Route-Id', id, 'Kong-Route-Name', name];
  if (service !== null) fields.push('Kong-Service-Id', service.id, 'Kong-Service-Name', service.name);
  return fields.flatMap((one, at) => (at % 2 === 0 && fields[at + 1] !== '' ? [one, fields[at + 1] as string] : []));
}

/** What clients are shown where they speak TLS. */
const withCertificates = (listeners: readonly Listener[], certificates: ListenerTls['certificates']): readonly Listener[] =>
  listeners.map((one) => (one.tls === undefined ? one : { ...one, tls: { ...one.tls, certificates } }));
