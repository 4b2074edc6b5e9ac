import path from 'node:path';
import { isCidr } from '../../http/cidr.ts';
import type { Listener, ListenerTls, Named, Plan, Route, Site } from '../../model/gateway.ts';
import type { Setting } from '../../sources/setting.ts';
import type { CompileInput, Compiled } from '../dialect.ts';
import type { DebugFieldsOptions } from './debug-fields.ts';
import { destinationOf, withPort } from './destination.ts';
import { readCertificates } from './entities/certificate.ts';
import { readDocuments } from './entities/documents.ts';
import { settleUntaken } from './entities/head.ts';
import { readEntities } from './entities/read-entities.ts';
import { ignoreStream, isStream } from './entities/route-protocols.ts';
import type { KongRoute, Peer } from './entities/route.ts';
import type { KongService } from './entities/service.ts';
import { ignoreSections } from './entities/sections.ts';
import type { KongUpstream } from './entities/upstream.ts';
import type { FaultBookOptions } from './faults.ts';
import type { HeaderLinesOptions } from './header-lines.ts';
import { readKongConf } from './kong-conf.ts';
import { readNodeSettings, type NodeSettings } from './node-settings.ts';
import type { OwnFieldsOptions } from './own-fields.ts';
import { PluginReader } from './plan.ts';
import { checkRoute } from './router/compatible.ts';
import { headerRule, pathRule } from './router/traditional-route.ts';
import { statusSite } from './status-site.ts';
import type { KongWhen, RouterOptions } from './router/when.ts';
import { settleUnusedCredentials } from './unused-credentials.ts';
import type { SendOptions, UpstreamRequestOptions } from './upstream-request.ts';

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

/** The attributes, each checked over its own place, as the flavor of the node reads them. */
function whenOf(route: KongRoute, { flavor }: NodeSettings): KongWhen {
  const { setting, hosts, methods, snis, protocols, regexPriority, createdAt, name, priority } = route;
  const id = route.isDrawn ? '' : route.id.toLowerCase();
  const whole = { hosts, methods, snis, protocols, regexPriority, createdAt, id, name, priority };
  const empty: KongWhen = { ...whole, hosts: [], methods: [], snis: [], sources: [], destinations: [], paths: [], headers: [], expression: '' };
  const check = (key: string, act: () => unknown, expected = expectedRegex): boolean => {
    try {
      act();
      return true;
    } catch (error) {
      setting.get(key).problem('DG1207', (error as Error).message, expected);
      return false;
    }
  };
  const known = (key: 'sources' | 'destinations'): readonly Peer[] =>
    route[key].filter(({ ip }) => {
      const fine = ip === '' || isCidr(ip);
      if (!fine) setting.get(key).problem('DG1203', `${key} has ${JSON.stringify(ip)}`, 'expected an address or a block such as 10.0.0.0/8');
      return fine;
    });
  const traditional = flavor === 'traditional';
  const expression = route.expression;
  const fine =
    expression === '' ||
    traditional ||
    check('expression', () => checkRoute({ ...empty, expression }), 'expected an expression of the router language');
  return {
    ...whole,
    sources: known('sources'),
    destinations: known('destinations'),
    paths: route.paths.filter((path) => check('paths', () => (traditional ? pathRule(path) : checkRoute({ ...empty, paths: [path] })))),
    headers: route.headers.filter((header) =>
      check('headers', () => (traditional ? headerRule(...header) : checkRoute({ ...empty, headers: [header] }))),
    ),
    expression: fine && !traditional ? expression : '',
  };
}
const expectedRegex = 'expected a regular expression that Rust would take, without nested repetition';

function describe(route: KongRoute): string {
  if (route.expression !== '') return route.expression;
  const methods = route.methods.length === 0 ? 'ANY' : route.methods.join('|');
  return `${methods} ${route.hosts.join('|')}${route.paths.length === 0 ? '/' : route.paths.join('|')}`;
}

function upstreamRequest(route: KongRoute, node: NodeSettings, upstreams: readonly KongUpstream[]): UpstreamRequestOptions {
  const { service } = route;
  const balanced = upstreams.some((one) => one.name === service?.host);
  return {
    matched: { route: route.id, service: service?.id ?? '' },
    protocols: route.protocols,
    redirectStatus: route.redirectStatus,
    base: service?.path ?? '',
    strip: route.stripPath,
    // Only the traditional router knows the older way to join (kong.router.traditional).
    handling: node.flavor === 'traditional' ? route.pathHandling : 'v0',
    preserveHost: route.preserveHost,
    host: service === null || balanced ? '' : withPort(service.host, service.port, service),
    trustedIps: node.trustedIps,
  };
}
