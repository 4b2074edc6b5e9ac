import { basePathOf, type Operation } from '../../sources/openapi.ts';
import type { Setting } from '../../sources/setting.ts';

/** What becomes of the path that stands before all others (the parameter `basepath` of an import). */
export type BasePathMode = 'ignore' | 'prepend' | 'split';

/** Of the RestApi's `Parameters`, or `--var basepath=prepend`. */
export function basePathMode(variables: Readonly<Record<string, string>>, parameters: Setting | undefined): BasePathMode {
  for (const name of parameters?.keys() ?? []) if (name !== 'basepath') parameters?.get(name).ignored('concerns the deployment');
  const own = parameters?.get('basepath').oneOf('ignore', 'prepend', 'split') ?? 'ignore';
  const given = variables['basepath'];
  return given === 'ignore' || given === 'prepend' || given === 'split' ? given : own;
}

const extension = 'x-amazon-apigateway-';
const forPeople = 'describes the API for people';

/** OpenAPI 2 and 3.0 are imported as they stand; of 3.1 what 3.0 says too. */
export function readVersion(document: Setting): void {
  const version = document.get('openapi').exists ? document.get('openapi') : document.get('swagger');
  const text = version.string() ?? '';
  version.ignored('says which language this is');
  if (text.startsWith('3.1'))
    version.warning(
      'DG1208',
      'API Gateway has refused documents of OpenAPI 3.1 ("Invalid OpenAPI input.")',
      'it is read as 3.0 here; declare openapi: 3.0.3',
    );
  else if (!/^(?:3\.0|2)/.test(text))
    version.problem(
      'DG1203',
      `Invalid OpenAPI input: ${text === '' ? 'no version is given' : `${text} is no version that API Gateway imports`}`,
      'expected openapi: 3.0.x or swagger: "2.0"',
    );
}

/** What stands before every path of the document. Source: the developer guide (the `basePath` property), recorded imports. */
export function pathPrefix(document: Setting, mode: BasePathMode): string {
  const path = mode === 'ignore' ? '' : basePathOf(document);
  for (const name of ['servers', 'host', 'basePath', 'schemes'])
    document.get(name).leftToOthers(`says nothing where the import takes basepath as "${mode}"`);
  return mode === 'split' ? path.replace(/^\/[^/]*/, '') : path;
}

/** Whether API Gateway makes such a method. */
export function checkPath({ path, method, setting, item }: Operation): boolean {
  if (/\{[^}]*\+\}./.test(path)) item.problem('DG1203', `${path} goes on behind a greedy parameter`, 'expected {name+} as the last segment');
  for (const segment of path.split('/'))
    if (/[{}]/.test(segment) && !/^\{[^{}+]+\+?\}$/.test(segment))
      item.problem('DG1203', `${path}: ${segment} is no part of a path`, 'expected a-zA-Z0-9._-: or one {parameter} that is a segment by itself');
  if (method !== 'TRACE') return true;
  setting.ignored('API Gateway knows no method TRACE');
  setting.warning('DG1208', `TRACE ${path} is not made: API Gateway knows no such method`, 'expected DELETE, GET, HEAD, OPTIONS, PATCH, POST or PUT');
  return false;
}

/** No resource has two children that are parameters, a greedy one counted. Source: recorded refusals of resources. */
export function checkSiblings(document: Setting): void {
  const taken = new Map<string, string>();
  for (const [path, item] of document.get('paths').entries()) {
    const segments = path.split('/');
    for (const [at, segment] of segments.entries()) {
      if (!segment.startsWith('{')) continue;
      const parent = segments.slice(0, at).join('/');
      const other = taken.get(parent);
      taken.set(parent, segment);
      if (other !== undefined && other !== segment) {
        item.problem('DG1206', `a sibling (${other}) of ${path} already has a variable path part`, 'only one is allowed: name both alike');
        break;
      }
    }
  }
}

const ofMethod: ReadonlySet<string> = new Set([
  'security',
  'parameters',
  'requestBody',
  'consumes',
  'x-amazon-apigateway-auth',
  `${extension}integration`,
  `${extension}request-validator`,
]);
const ofItem = /^(?:get|put|post|delete|options|head|patch|trace|parameters|\$ref|x-amazon-apigateway-any-method)$/;

/** What is left of a method when all that counts is read. */
export function settleOperation(operation: Setting): void {
  for (const name of operation.keys())
    if (!ofMethod.has(name))
      operation.get(name).ignored(name.startsWith('x-') ? 'no extension that a REST API reads' : 'describes the method for people');
  operation.get('consumes').leftToOthers('says for which types a body has its model');
}

/** What is left of paths, and of security schemes that nothing names. */
function settlePaths(document: Setting): void {
  const named = new Set<string>();
  const name = (place: Setting): void => {
    for (const one of place.get('security').items()) for (const scheme of one.keys()) named.add(scheme);
  };
  name(document);
  for (const [, item] of document.get('paths').entries())
    for (const key of item.keys()) {
      if (ofItem.test(key)) name(item.get(key));
      else item.get(key).leftToOthers(key.startsWith('x-') ? 'no extension of API Gateway' : 'no method of API Gateway');
    }
  for (const place of [document.get('components').get('securitySchemes'), document.get('securityDefinitions')])
    for (const [key, scheme] of place.entries()) if (!named.has(key)) scheme.leftToOthers('no method names it');
}

/** Extensions that say how AWS publishes an API. */
const elsewhere: Readonly<Record<string, string>> = {
  documentation: forPeople,
  'endpoint-configuration': 'says where AWS publishes the API',
  'security-policy': 'says which TLS AWS speaks',
  'endpoint-access-mode': 'says which TLS AWS speaks',
  'importexport-version': 'says how the document was written',
  cors: 'is for HTTP APIs; a REST API answers preflights by its OPTIONS methods',
  'tag-value': forPeople,
};

/** What is left of a document. */
export function settleDescriptions(document: Setting): void {
  for (const [name, why] of Object.entries(elsewhere)) document.get(`${extension}${name}`).ignored(why);
  for (const name of document.keys())
    if (!name.startsWith(extension) && !['components', 'paths', 'security', 'securityDefinitions'].includes(name))
      document.get(name).leftToOthers(name.startsWith('x-') ? 'no extension of API Gateway' : forPeople);
  for (const [name, validator] of document.get(`${extension}request-validators`).entries())
    validator.leftToOthers(`no method takes the validator ${name}`);
  settlePaths(document);
  const components = document.get('components');
  if (components.keys().length === 0) components.ignored('holds nothing');
  for (const name of components.keys()) if (name !== 'securitySchemes') components.get(name).leftToOthers('nothing that is read refers to it');
}
