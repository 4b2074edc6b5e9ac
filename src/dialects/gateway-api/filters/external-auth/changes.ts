import type { Exchange } from '../../../../engine/exchange.ts';
import type { StepKind } from '../../../../engine/kit.ts';
import { slot, type Slot } from '../../../../engine/slot.ts';
import type { Fields } from '../../../../http/fields.ts';
import { isHopByHop } from '../../../../http/hop-by-hop.ts';
import type { FieldChange, Passes } from './check-response.ts';

/** What the servers want the client to be told with the answer. */
const toClient: Slot<readonly FieldChange[]> = slot('gateway-api external auth, fields for the client');

/**
 * Lays on a request what the server has said of it. Source: ext_authz.cc of Envoy 1.36: a field is overwritten where the server does not say how
 * (1.37.0 appended, which was called a bug and taken back: issue 43310), and nothing is appended to a field that is not there.
 */
export function changeRequest(exchange: Exchange, { headers, remove, responseHeaders, setParameters, removeParameters }: Passes): void {
  const fields = exchange.outgoing.headers;
  for (const change of headers) {
    const name = change.name.replace(/^:authority$/, 'host');
    if (change.how === 'append') appendTo(fields, name, change.value);
    else if (change.how === 'unsaid') changeField(fields, { ...change, name, how: 'overwrite' });
    else changeField(fields, { ...change, name });
  }
  for (const name of remove) if (name.toLowerCase() !== 'host') fields.remove(name);
  if (setParameters.length + removeParameters.length > 0) exchange.query = changedQuery(exchange.query, setParameters, removeParameters);
  exchange.write(toClient, [...(exchange.read(toClient) ?? []), ...responseHeaders]);
}

/** Lays on the answer to a request, whoever gives it, what the servers have said when they let it pass. */
export const externalAuthFields: StepKind<null> = {
  kind: 'gateway-api/external-auth-fields',
  create: () => (exchange) => {
    const changes = exchange.read(toClient) ?? [];
    exchange.write(toClient, []);
    if (exchange.response !== null) for (const change of changes) if (change.name !== ':authority') changeField(exchange.response.headers, change);
    return undefined;
  },
};

/** What belongs to a connection, or says how long a body is, is not the server's to say. */
function changeField(fields: Fields, { name, value, how }: FieldChange): void {
  const lower = name.toLowerCase();
  if (isHopByHop(lower) || lower === 'content-length') return;
  if (how === 'append' || how === 'unsaid') fields.append(name, value);
  else if (how === 'overwrite' || fields.has(name) === (how === 'overwrite-if-there')) fields.set(name, value);
}

function appendTo(fields: Fields, name: string, value: string): void {
  const before = fields.getAll(name);
  if (before.length > 0) changeField(fields, { name, value: [...before, value].join(','), how: 'overwrite' });
}

/** Parameters are neither decoded nor encoded, and stand in the order of their names then, as in Envoy. */
function changedQuery(query: string, set: Passes['setParameters'], remove: readonly string[]): string {
  const parameters = new Map<string, string[]>();
  for (const part of query.split('&').filter((one) => one !== '')) {
    const equals = part.includes('=') ? part.indexOf('=') : part.length;
    const name = part.slice(0, equals);
    const values = parameters.get(name) ?? [];
    values.push(part.slice(equals + 1));
    parameters.set(name, values);
  }
  for (const [name, value] of set) parameters.set(name, [value]);
  for (const name of remove) parameters.delete(name);
  const names = [...parameters.keys()].toSorted((one, other) => (one < other ? -1 : 1));
  return names.flatMap((name) => (parameters.get(name) ?? []).map((value) => `${name}=${value}`)).join('&');
}
