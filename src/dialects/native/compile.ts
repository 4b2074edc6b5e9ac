import path from 'node:path';
import { compileRegex } from '../../matching/regex.ts';
import {
  defaultLimits,
  type Limits,
  type LocalUpstream,
  type Plan,
  type Route,
  type Site,
  type Step,
  type TapeSettings,
} from '../../model/gateway.ts';
import type { Setting } from '../../sources/setting.ts';
import type { CompileInput, Compiled } from '../dialect.ts';
import type { Condition, NativeWhen } from './match.ts';
import { readListener } from './read-listener.ts';
import { readTraffic } from './read-traffic.ts';
import { readUpstream } from './read-upstream.ts';
import { readLocalUpstreams } from './read-local-upstreams.ts';
import { headOrder, requestOrder } from './phases.ts';
import { stepReaders, type KnownConsumer, type RouteSteps, type Surroundings } from './read-steps.ts';
import { readDuration, readSize } from './units.ts';

/** Turns native files into one site each. */
export function compileNative({ sources, files, ledger }: CompileInput): Compiled {
  const upstreams: Record<string, LocalUpstream> = {};
  const include: string[] = [];
  let traffic: TapeSettings | undefined;
  const sites = sources.flatMap((source): Site[] => {
    const root = source.settings(ledger, 'native');
    if (root.kind !== 'map') {
      root.problem('DG1202', 'the configuration is no map', 'expected settings such as routes: [...]');
      return [];
    }
    root.get('$schema').string();
    for (const one of root.get('include').items()) include.push(path.resolve(source.folder, one.string() ?? '.'));
    Object.assign(upstreams, readLocalUpstreams(root.get('upstreams').as('native/upstreams'), source));
    if (root.get('traffic').exists) traffic = readTraffic(root.get('traffic').as('native/traffic'), source.folder);
    const consumers = root.get('consumers').as('native/consumers').items().map(readConsumer);
    const listeners = root
      .get('listeners')
      .as('native/listeners')
      .items()
      .flatMap((one) => readListener(one, { files, folder: source.folder }));
    const limits = readLimits(root.get('limits').as('native/limits'));
    const routes = readRoutes(root.get('routes'), { files, folder: source.folder, consumers });
    root.rejectUnknownKeys();
    // A file that only includes others is no gateway of its own.
    if (routes.length === 0 && include.length > 0) return [];
    const named = (kind: string) => ({ kind, options: null, origin: root.origin });
    return [
      {
        id: 'native',
        dialect: 'native',
        faults: named('native/faults'),
        matcher: named('native/match'),
        listeners,
        hosts: [],
        arrival: [named('native/arrival')],
        routes,
        noRoute: emptyPlan,
        limits,
      },
    ];
  });
  return { sites, upstreams, include, ...(traffic === undefined ? {} : { traffic }) };
}

const emptyPlan: Plan = { request: [], head: [], body: [], log: [], destination: null };

function readConsumer(setting: Setting): KnownConsumer {
  const username = setting.get('name').string();
  if (username === undefined) setting.problem('DG1204', `${setting.name}.name is missing`, 'expected the name of the consumer');
  const consumer = {
    id: username ?? '',
    username: username ?? '',
    customId: setting.get('customId').string() ?? '',
    groups: setting.get('groups').strings(),
    apiKeys: setting.get('apiKeys').strings(),
    password: setting.get('password').string(),
  };
  setting.rejectUnknownKeys();
  return consumer;
}

function readLimits(setting: Setting): Limits {
  const limits: { -readonly [K in keyof Limits]: number } = { ...defaultLimits };
  for (const name of ['maxHeaderBytes', 'maxTargetBytes', 'maxBodyBytes'] as const) limits[name] = readSize(setting.get(name)) ?? limits[name];
  for (const name of ['headerTimeout', 'requestTimeout', 'keepAliveTimeout'] as const)
    limits[`${name}Ms`] = readDuration(setting.get(name)) ?? limits[`${name}Ms`];
  for (const name of ['maxConnections', 'maxJumps'] as const) limits[name] = setting.get(name).number({ min: 0, integer: true }) ?? limits[name];
  setting.rejectUnknownKeys();
  return limits;
}

function readRoutes(setting: Setting, around: Omit<Surroundings, 'routeId'>): Route[] {
  const seen = new Map<string, string>();
  return setting.items().flatMap((one) => {
    const route = readRoute(one.as('native/route'), around);
    if (seen.has(route.id)) {
      if (one.get('name').exists)
        one.get('name').problem('DG1206', `two routes are named ${JSON.stringify(route.id)}`, `the other one stands in ${seen.get(route.id) ?? ''}`);
      route.id = `${route.id} (${[...seen.keys()].filter((id) => id.startsWith(route.id)).length + 1})`;
    }
    seen.set(route.id, `${one.origin.file}:${one.origin.line}`);
    return [route as Route];
  });
}

function readRoute(setting: Setting, around: Omit<Surroundings, 'routeId'>): Omit<Route, 'id'> & { id: string } {
  const when = readWhen(setting.get('match').as('native/match'));
  const match = `${when.methods.length === 0 ? 'ANY' : when.methods.join('|')} ${when.hosts[0] ?? ''}${when.paths.join('|')}`;
  const id = setting.get('name').string() ?? match;
  const out: RouteSteps = { request: [], head: [], body: [] };
  for (const item of setting.get('steps').items()) readStep(item, { ...around, routeId: id }, out);
  const preserveHost = setting.get('preserveHost').boolean() ?? false;
  const upstream = readUpstream(setting.get('upstream').as('native/upstream'), preserveHost, out, around);
  setting.rejectUnknownKeys();
  if (upstream === null && !out.request.some((one) => one.kind === 'native/reply')) {
    setting.problem('DG1204', `${setting.name} has no upstream`, 'expected upstream: host:port, or a reply or redirect step');
  }
  const label = { match, upstream: upstream?.label ?? '(reply)' };
  return {
    id,
    when: { ...when, preflight: out.request.some((one) => one.kind === 'native/cors-preflight') } satisfies NativeWhen,
    origin: setting.origin,
    label,
    destination: upstream?.destination ?? null,
    request: ordered(out.request, requestOrder),
    head: ordered(out.head, headOrder),
    body: out.body,
    log: [],
  };
}

/** By the visible list; steps of one kind stay as they stand in the file. */
const ordered = (steps: readonly Step[], order: readonly string[]): Step[] =>
  [...steps].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));

const stepNames = Object.keys(stepReaders);

function readStep(item: Setting, around: Surroundings, out: RouteSteps): void {
  const keys = item.keys();
  if (item.kind !== 'map' || keys.length === 0)
    return item.problem('DG1202', `${item.name} is no step`, `expected one of ${Object.keys(stepReaders).join(', ')}`);
  item.expects(stepNames);
  for (const name of keys) {
    const read = stepReaders[name as keyof typeof stepReaders];
    if (!stepNames.includes(name) || read === undefined) continue;
    const setting = item.get(name).as(`native/${name}`);
    read(setting, around, out);
    setting.rejectUnknownKeys();
  }
  item.rejectUnknownKeys();
}

function readWhen(setting: Setting): Omit<NativeWhen, 'preflight'> {
  const several = (...keys: string[]): Setting[] => keys.flatMap((key) => setting.get(key).items());
  const paths = several('path', 'paths').flatMap(readPath);
  const when = {
    hosts: several('host', 'hosts').flatMap((one) => one.string() ?? []),
    paths: paths.length === 0 ? ['/*'] : paths,
    methods: several('method', 'methods').flatMap((one) => one.string()?.toUpperCase() ?? []),
    headers: readConditions(setting.get('headers')),
    query: readConditions(setting.get('query')),
  };
  setting.rejectUnknownKeys();
  return when;
}

function readPath(setting: Setting): string[] {
  const text = setting.string();
  if (text === undefined) return [];
  if (text.startsWith('~')) return checkedRegex(setting, text.slice(1)) ? [text] : [];
  if (text.startsWith('/') && !/\*(?!$)|[?#]/.test(text.replace(/\{\w+\*\}$/, '')) && !/[^/]\*$/.test(text.replace(/\{\w+\*\}$/, ''))) return [text];
  setting.problem(
    'DG1203',
    `${setting.name} is ${JSON.stringify(text)}`,
    'expected a path such as /orders, /orders/*, /orders/{id} or ~^/orders/[0-9]+$',
  );
  return [];
}

function readConditions(setting: Setting): Condition[] {
  return setting.entries().flatMap(([name, value]): Condition[] => {
    if (value.tree?.kind === 'scalar' && typeof value.tree.value === 'boolean') return [{ name, test: { present: value.boolean() ?? true } }];
    const text = value.string() ?? '';
    if (!text.startsWith('~')) return [{ name, test: { equals: text } }];
    return checkedRegex(value, text.slice(1)) ? [{ name, test: { matches: text.slice(1) } }] : [];
  });
}

function checkedRegex(setting: Setting, source: string): boolean {
  try {
    compileRegex(source);
    return true;
  } catch (error) {
    setting.problem('DG1207', (error as Error).message, 'expected a JavaScript regular expression without nested repetition');
    return false;
  }
}
