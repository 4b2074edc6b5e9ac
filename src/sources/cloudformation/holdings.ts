import { isServerless } from '../serverless/serverless.ts';
import type { Source } from '../source.ts';
import type { Tree } from '../tree.ts';
import { member } from './functions.ts';

/** What a template makes that requests arrive at. */
export type Holding = 'rest-api' | 'http-api' | 'websocket-api' | 'load-balancer';

const known = new WeakMap<Source, ReadonlySet<Holding> | undefined>();

/**
 * What a template of any packaging (CloudFormation, SAM, serverless.yml) makes; undefined for what is no template. One that cannot be
 * parsed makes nothing: whoever reads it tells why.
 */
export function holdingsOf(source: Source): ReadonlySet<Holding> | undefined {
  if (!known.has(source)) known.set(source, isTemplate(source) || isServerless(source) ? search(source) : undefined);
  return known.get(source);
}

/** Its `Resources` stand at the top, however far that is indented: those of a serverless.yml do not. */
function isTemplate({ text }: Source): boolean {
  if (!/["']?AWS::\w+::/.test(text)) return false;
  if (/^\s*\{/.test(text)) return /"Resources"\s*:/.test(text);
  const [, indent = ''] = /^( *)[^\s#-]/m.exec(text) ?? [];
  return new RegExp(`^ {${indent.length}}["']?Resources["']?\\s*:`, 'm').test(text);
}

function search(source: Source): ReadonlySet<Holding> {
  const found = new Set<Holding>();
  let tree: Tree | undefined;
  try {
    tree = isServerless(source) ? source.trees()[0] : source.lastOfEach().tree;
  } catch {
    return found;
  }
  const own = member(tree, 'resources');
  const parts = own?.kind === 'list' ? own.items : own === undefined ? [] : [own];
  for (const part of [tree, ...parts]) for (const resource of membersOf(member(part, 'Resources'))) ofResource(resource, found);
  ofFunctions(member(tree, 'functions'), found);
  for (const _ of membersOf(member(member(tree, 'custom'), 'apiGatewayServiceProxies'))) found.add('rest-api');
  if (found.size === 0 && parts.some((part) => isElsewhere(part) || isElsewhere(member(part, 'Resources')))) anyApi(found);
  return found;
}

/** What is a text where a map belongs stands in another file, which may have APIs of either kind. */
const isElsewhere = (tree: Tree | undefined): boolean => tree?.kind === 'scalar' && typeof tree.value === 'string' && tree.value.includes('${');
function anyApi(found: Set<Holding>): void {
  for (const one of ['rest-api', 'http-api'] as const) found.add(one);
}

/** The functions of a serverless.yml. */
function ofFunctions(functions: Tree | undefined, found: Set<Holding>): void {
  const add = (tree: Tree | undefined): void => {
    if (isElsewhere(tree)) anyApi(found);
  };
  add(functions);
  for (const one of functions?.kind === 'list' ? functions.items.flatMap((item) => (add(item), membersOf(item))) : membersOf(functions)) {
    add(one);
    add(member(one, 'events'));
    for (const event of membersOf(member(one, 'events'))) {
      add(event);
      for (const key of event.kind === 'map' ? event.entries.keys() : [event.kind === 'scalar' ? String(event.value) : ''])
        if (Object.hasOwn(ofEvent, key)) found.add(ofEvent[key] as Holding);
    }
  }
}

/** By the type of an event of a function: in a serverless.yml, and in SAM. */
const ofEvent: Readonly<Record<string, Holding>> = {
  http: 'rest-api',
  httpApi: 'http-api',
  websocket: 'websocket-api',
  alb: 'load-balancer',
  Api: 'rest-api',
  HttpApi: 'http-api',
};

function ofResource(resource: Tree, found: Set<Holding>): void {
  const type = scalar(member(resource, 'Type'));
  const properties = member(resource, 'Properties');
  if (type.startsWith('AWS::ApiGateway::') || type === 'AWS::Serverless::Api') found.add('rest-api');
  else if (type === 'AWS::Serverless::HttpApi') found.add('http-api');
  else if (type === 'AWS::Serverless::WebSocketApi') found.add('websocket-api');
  else if (type === 'AWS::ApiGatewayV2::Api') found.add(scalar(member(properties, 'ProtocolType')) === 'WEBSOCKET' ? 'websocket-api' : 'http-api');
  else if (type.startsWith('AWS::ElasticLoadBalancingV2::')) found.add('load-balancer');
  // What a nested stack makes is seen when it is read.
  else if (type === 'AWS::CloudFormation::Stack') for (const one of ['rest-api', 'http-api'] as const) found.add(one);
  else if (type === 'AWS::Serverless::Function' || type === 'AWS::Serverless::StateMachine')
    for (const event of membersOf(member(properties, 'Events'))) {
      const holding = ofEvent[scalar(member(event, 'Type'))];
      if (holding !== undefined) found.add(holding);
    }
}

const scalar = (tree: Tree | undefined): string => (tree?.kind === 'scalar' ? String(tree.value) : '');

function membersOf(tree: Tree | undefined): readonly Tree[] {
  if (tree?.kind === 'list') return tree.items;
  return tree?.kind === 'map' ? [...tree.entries.values()].map(({ value }) => value) : [];
}
