import { defaultLimits, type Listener, type Route, type Site, type Step } from '../../model/gateway.ts';
import { diagnosticAt } from '../../model/error.ts';
import { nowhere } from '../../model/origin.ts';
import { credentialsOf, noCredentials, type Credentials } from '../aws/iam/credentials.ts';
import type { CompileInput, Compiled } from '../dialect.ts';
import type { Apis, Domain, HttpApi } from './api.ts';
import { routeKeyOf, type Base } from './base.ts';
import { holdingsOf } from '../../sources/cloudformation/holdings.ts';
import type { Source } from '../../sources/source.ts';
import { readApiDocument, readTemplate } from './template.ts';

const step = (kind: string, options: unknown = null): Step => ({ kind: `aws-http/${kind}`, options, origin: nowhere });

/** Each API is a site; each custom domain one more, on which several APIs stand side by side. */
export function compile(input: CompileInput): Compiled {
  const read = input.sources.map((source) => (holdingsOf(source) === undefined ? readApiDocument(source, input) : readTemplate(source, input)));
  const credentials = credentialsOf(input.options.env);
  const sites = read
    .flatMap((one, at) => sitesOf(one, holdingsOf(input.sources[at] as Source)?.has('rest-api') === true))
    .map((site) => ({ ...site, routes: site.routes.map((route) => signedWith(route, credentials, input.ledger)) }));
  return { sites, upstreams: Object.assign({}, ...read.map(({ upstreams }) => upstreams)) };
}

/** Signatures are checked with the credentials of this machine. */
function signedWith(route: Route, credentials: Credentials | null, ledger: CompileInput['ledger']): Route {
  const isSigned = ({ kind }: Step): boolean => kind === 'aws-http/iam';
  if (!route.request.some(isSigned)) return route;
  if (credentials === null)
    ledger.report(diagnosticAt('DG1204', route.origin, noCredentials, 'set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY', 'warning'));
  return { ...route, request: route.request.map((one) => (isSigned(one) ? { ...one, options: { credentials } } : one)) };
}

/** `beside`: whether the file makes a REST API, too. */
function sitesOf({ apis, domains }: Apis, beside: boolean): Site[] {
  const own = apis.map((api): Site => {
    const bases = api.stages.map((stage): Base => ({ path: stage.name === '$default' ? '' : `/${stage.name}`, api: api.id, stage }));
    // Several APIs have addresses of their own.
    const listeners: Listener[] = apis.length > 1 || beside ? [{ name: api.id, gateway: api.id, port: 80, protocol: 'http' }] : [];
    return siteOf(api.id, [api], bases, listeners, []);
  });
  return [...domains.map((domain) => siteOfDomain(domain, apis)), ...own];
}

function siteOfDomain({ host, mappings }: Domain, apis: readonly HttpApi[]): Site {
  const bases = mappings.flatMap(({ key, api, stage: name }): Base[] => {
    const stage = apis.find(({ id }) => id === api)?.stages.find((one) => one.name === name);
    return stage === undefined ? [] : [{ path: key === '' ? '' : `/${key}`, api, stage }];
  });
  const used = apis.filter(({ id }) => bases.some(({ api }) => api === id));
  return siteOf(host, used, bases, [], [host]);
}

function siteOf(id: string, apis: readonly HttpApi[], bases: readonly Base[], listeners: readonly Listener[], hosts: readonly string[]): Site {
  const cors = Object.fromEntries(apis.flatMap((api) => (api.cors === null ? [] : [[api.id, api.cors]])));
  const head = [step('cors', cors), step('identifiers')];
  const limits = bases.some(({ stage }) => stage.throttle !== null || Object.keys(stage.routeThrottles).length > 0);
  const throttle = limits ? [step('throttle', { bases })] : [];
  const routes = apis.flatMap((api) =>
    api.routes.map(({ method, path, setting, guards, integration }): Route => {
      const when = { api: api.id, method, path };
      const name = routeKeyOf(when);
      return {
        id: apis.length > 1 ? `${api.id} ${name}` : name,
        when,
        origin: setting.origin,
        label: { match: name, upstream: integration.upstream },
        // Order: authorizer, throttle, integration.
        request: [...guards, ...throttle, ...integration.request],
        destination: integration.destination,
        head: [...integration.head, ...head],
        body: [],
        log: [],
      };
    }),
  );
  return {
    id: `aws-http/${id}`,
    dialect: 'aws-http',
    faults: step('faults'),
    matcher: step('match', { bases }),
    listeners,
    hosts,
    arrival: [],
    routes,
    noRoute: { request: [step('preflight', cors)], destination: null, head, body: [], log: [] },
    limits: { ...defaultLimits, maxBodyBytes: 10_485_760, maxHeaderBytes: 10_240 },
  };
}
