import type { Draft } from '../draft.ts';
import type { Setting } from '../setting.ts';
import type { Made } from '../tree.ts';
import { integrationKey, isAnyMethod, pathItems } from './api-document.ts';

const all = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];

/** An OPTIONS method for every path that has none, which answers by itself: the functions behind the others say their own header fields. */
export function addCors(document: Draft, cors: Setting): void {
  if (!cors.exists) return;
  const isShort = cors.kind !== 'map';
  const member = (name: string): Setting => cors.get(name);
  const named = isShort ? cors : member('AllowOrigin');
  const origin = named.exists ? named.tree : "'*'";
  const [headers, methods, age] = ['AllowHeaders', 'AllowMethods', 'MaxAge'].map((name) => (isShort ? undefined : filled(member(name))));
  const isComputed = isShort || isEmpty(member('AllowMethods'));
  const credentials = !isShort && member('AllowCredentials').boolean() === true;
  for (const [, item] of pathItems(document)) {
    if (item.has('options')) continue;
    const fields: Record<string, Made> = {
      'Access-Control-Allow-Origin': origin,
      'Access-Control-Allow-Headers': headers,
      'Access-Control-Allow-Methods': isComputed ? `'${methodsFor(item)}'` : methods,
      'Access-Control-Max-Age': age,
      'Access-Control-Allow-Credentials': credentials ? "'true'" : undefined,
    };
    item.set('options', preflight(fields), cors.tree);
  }
}

/** An empty value is as none: its field is not sent. */
const isEmpty = (setting: Setting): boolean => !setting.exists || setting.string() === '';
const filled = (setting: Setting): Made => (isEmpty(setting) ? undefined : setting.tree);

const methodsFor = (item: Draft): string =>
  item.keys().some((key) => isAnyMethod(key))
    ? all.join(',')
    : [...new Set([...item.keys(), 'options'].map((key) => key.toUpperCase()))].sort().join(',');

const preflight = (fields: Record<string, Made>): Made => ({
  responses: {},
  [integrationKey]: {
    type: 'mock',
    requestTemplates: { 'application/json': '{\n  "statusCode" : 200\n}\n' },
    responses: {
      default: {
        statusCode: '200',
        responseParameters: Object.fromEntries(Object.entries(fields).map(([name, value]) => [`method.response.header.${name}`, value])),
        responseTemplates: { 'application/json': '{}\n' },
      },
    },
  },
});
