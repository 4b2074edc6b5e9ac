import type { Setting } from '../setting.ts';
import { madeTree, type Made, type Tree } from '../tree.ts';
import { securityOf, type HttpAuth } from './http-auth.ts';
import { anyMethod, methodOf, type EventRoute } from './http-events.ts';
import { membersOf, type SamResource } from './model.ts';

const integrationKey = 'x-amazon-apigateway-integration';
const notMethods = new Set(['parameters', 'summary', 'description', 'servers', '$ref']);

interface Operation {
  readonly at: Tree;
  readonly members: Record<string, Made>;
  /** As the user's document has it; absent for one that only an event makes. */
  readonly written: Setting;
}
interface PathItem {
  readonly methods: Map<string, Operation>;
  readonly rest: Record<string, Made>;
}

/** What SAM's translator takes for a document that it can write into. A part of it that is in another file is not looked at. */
export const isDocument = (body: Setting): boolean =>
  body.get('Fn::Transform').exists || (body.get('paths').kind === 'map' && /^3(?:\.\d+){0,2}$/.test(textOf(body.get('openapi'))));

const textOf = ({ tree }: Setting): string => (tree?.kind === 'scalar' ? String(tree.value) : '');

/**
 * The document of an HTTP API: what DefinitionBody says, the routes of events, authorizers and CORS laid into it.
 * Source: samtranslator, open_api.py and http_api_generator.py.
 */
export function documentWith(
  { at, properties }: SamResource,
  routes: readonly EventRoute[],
  auth: HttpAuth,
  cors: Record<string, Made> | undefined,
): Tree {
  const body = properties.get('DefinitionBody');
  const paths = new Map(
    body
      .get('paths')
      .entries()
      .flatMap(([path, item]) => readItem(path, item)),
  );
  for (const route of routes) layRoute(route, body, paths, auth);
  if (auth.usual !== undefined)
    for (const [path, item] of paths) {
      guardAll(item.methods, auth.usual);
      for (const name of Object.keys(item.rest))
        if (!notMethods.has(name)) body.get('paths').get(path).get(name).problem('DG1202', `${name} of ${path} is no map`, 'expected an integration');
    }
  const components = body.get('components');
  const written = body.get('x-amazon-apigateway-cors');
  return madeTree(
    {
      openapi: '3.0.1',
      ...membersOf(body),
      paths: Object.fromEntries([...paths].map(([path, { methods, rest }]) => [path, { ...rest, ...treesOf(methods) }])),
      components: { ...membersOf(components), securitySchemes: { ...membersOf(components.get('securitySchemes')), ...auth.schemes } },
      ...(cors === undefined ? {} : { 'x-amazon-apigateway-cors': over(written, cors) }),
    },
    body.tree ?? at,
  );
}

const treesOf = (methods: PathItem['methods']): Record<string, Tree> =>
  Object.fromEntries([...methods].map(([name, { at, members }]) => [name, madeTree(members, at)]));

function readItem(path: string, item: Setting): [string, PathItem][] {
  if (item.kind !== 'map') {
    if (item.exists) item.problem('DG1202', `the path ${path} is no map`, 'expected its methods');
    item.settle();
    return [];
  }
  const methods = new Map<string, Operation>();
  const rest: Record<string, Made> = {};
  for (const name of item.keys()) {
    const written = item.get(name);
    if (notMethods.has(name) || written.kind !== 'map') rest[name] = written.tree;
    else methods.set(name, { at: written.tree as Tree, members: membersOf(written), written });
  }
  return [[path, { methods, rest }]];
}

/** Where the document has an integration already, only what the event says beside it counts. */
function layRoute({ event, path, method }: EventRoute, body: Setting, paths: Map<string, PathItem>, auth: HttpAuth): void {
  const { setting, at, arn } = event;
  const item = paths.get(path) ?? { methods: new Map<string, Operation>(), rest: {} };
  paths.set(path, item);
  delete item.rest[method];
  const before = item.methods.get(method);
  const written = body.get('paths').get(path).get(method);
  const [timeout, payload] = [setting.get('TimeoutInMillis'), setting.get('PayloadFormatVersion')];
  const there = written.get(integrationKey);
  const usual = { type: 'aws_proxy', httpMethod: 'POST', payloadFormatVersion: '2.0', uri: arn };
  const own: Record<string, Made> = {
    ...(timeout.exists ? { timeoutInMillis: timeout.tree } : {}),
    ...(payload.exists ? { payloadFormatVersion: payload.tree } : {}),
  };
  if (written.kind !== 'map') written.leftToOthers('an event says what is here');
  item.methods.set(method, {
    at: before?.at ?? at,
    written,
    members: {
      ...(path === '$default' && method === anyMethod ? { isDefaultRoute: true } : {}),
      ...before?.members,
      [integrationKey]: madeTree(there.exists ? over(there, own) : { ...usual, ...own }, there.tree ?? at),
      ...securityOf(event, auth, written.get('security').items()),
    },
  });
}

/** What SAM says stands above what the document says. */
function over(written: Setting, said: Readonly<Record<string, Made>>): Record<string, Made> {
  for (const name of Object.keys(said)) written.get(name).leftToOthers('what SAM says stands above it');
  return { ...membersOf(written), ...said };
}

/** The default authorizer guards what has an integration and says nothing of its own, preflights apart. */
function guardAll(methods: PathItem['methods'], usual: NonNullable<HttpAuth['usual']>): void {
  for (const [name, { members, written, at }] of methods) {
    if (methodOf(name) !== name.toLowerCase())
      written.problem('DG1203', `the default authorizer cannot guard ${name}`, `expected ${anyMethod} for every method`);
    const security = madeTree(members['security'] ?? [], at);
    const said = security.kind === 'list' && security.items.length > 0;
    if (name === 'options' || said || members[integrationKey] === undefined) continue;
    members['security'] = madeTree([{ [usual.name]: usual.scopes }], usual.at ?? at);
  }
}
