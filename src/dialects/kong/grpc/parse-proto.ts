import type { HttpBinding, ProtoField, ProtoMessage, ProtoMethod, ProtoSchema } from './schema.ts';
import { scalarTypes } from './schema.ts';
import { ProtoError, Tokens } from './tokens.ts';

const maxDepth = 32;
const maxFiles = 200;
const methods = ['get', 'put', 'post', 'delete', 'patch'];
/** Part of every installation of Kong. */
const builtIn: Readonly<Record<string, ProtoMessage>> = {
  'google.protobuf.Timestamp': { fields: [field('seconds', 1, 'int64'), field('nanos', 2, 'int32')] },
  'google.protobuf.Empty': { fields: [] },
};
function field(name: string, number: number, type: string): ProtoField {
  return { name, number, type, repeated: false, mapKey: null, implicit: true, packed: false };
}

interface Reading {
  readonly messages: Record<string, ProtoMessage>;
  readonly enums: Record<string, Record<string, number>>;
  readonly methods: ProtoMethod[];
  /** Names of types as they stand, to be looked up when all are known. */
  readonly loose: { readonly set: (name: string) => void; readonly name: string; readonly scope: string }[];
}
interface Place {
  readonly scope: string;
  readonly proto3: boolean;
  readonly depth: number;
}

/**
 * Reads a .proto file: messages, enumerations, services and their bindings to HTTP. `read` answers the text of an import, or
 * undefined where there is none. @throws ProtoError
 */
export function parseProto(source: string, read: (name: string) => string | undefined): ProtoSchema {
  const found: Reading = { messages: { ...builtIn }, enums: {}, methods: [], loose: [] };
  const seen = new Set<string>();
  const load = (text: string, isMain: boolean): void => {
    for (const name of parseFile(new Tokens(text), found, isMain)) {
      if (seen.has(name)) continue;
      seen.add(name);
      const imported = read(name);
      if (seen.size > maxFiles) throw new ProtoError('it imports too many files');
      if (imported !== undefined) load(imported, false);
      else if (!name.startsWith('google/')) throw new ProtoError(`it imports ${name}, which is not there`);
    }
  };
  load(source, true);
  for (const { set, name, scope } of found.loose) set(lookUp(name, scope, found));
  return { messages: found.messages, enums: found.enums, methods: found.methods };
}

/** From the innermost scope outwards. */
function lookUp(name: string, scope: string, { messages, enums }: Reading): string {
  const isKnown = (full: string): boolean => Object.hasOwn(messages, full) || Object.hasOwn(enums, full);
  if (name.startsWith('.')) {
    if (isKnown(name.slice(1))) return name.slice(1);
  } else {
    const parts = scope === '' ? [] : scope.split('.');
    for (let length = parts.length; length >= 0; length -= 1) {
      const full = [...parts.slice(0, length), name].join('.');
      if (isKnown(full)) return full;
    }
  }
  throw new ProtoError(`there is no type ${name}`);
}

/** Answers what the file imports. */
function parseFile(tokens: Tokens, found: Reading, isMain: boolean): string[] {
  const imports: string[] = [];
  let place: Place = { scope: '', proto3: false, depth: 0 };
  while (tokens.next.kind !== 'end') {
    if (tokens.try(';')) continue;
    const word = tokens.word();
    if (word === 'syntax') {
      tokens.expect('=');
      place = { ...place, proto3: tokens.text() === 'proto3' };
      tokens.expect(';');
    } else if (word === 'package') {
      place = { ...place, scope: tokens.word() };
      tokens.expect(';');
    } else if (word === 'import') {
      if (!tokens.try('public')) tokens.try('weak');
      imports.push(tokens.text());
      tokens.expect(';');
    } else if (word === 'message') parseMessage(tokens, place, found);
    else if (word === 'enum') parseEnum(tokens, place, found);
    else if (word === 'service' && isMain) parseService(tokens, place, found);
    else tokens.skipStatement();
  }
  return imports;
}

const inside = (scope: string, name: string): string => (scope === '' ? name : `${scope}.${name}`);

function parseMessage(tokens: Tokens, place: Place, found: Reading): void {
  if (place.depth > maxDepth) throw new ProtoError('messages are nested too deeply');
  const scope = inside(place.scope, tokens.word());
  const fields: ProtoField[] = [];
  found.messages[scope] = { fields };
  tokens.expect('{');
  parseFields(tokens, { ...place, scope, depth: place.depth + 1 }, found, fields, false);
}

function parseFields(tokens: Tokens, place: Place, found: Reading, fields: ProtoField[], oneof: boolean): void {
  while (!tokens.try('}')) {
    if (tokens.try(';')) continue;
    const word = tokens.word();
    if (word === 'message' && tokens.next.kind === 'word') parseMessage(tokens, place, found);
    else if (word === 'enum' && tokens.next.kind === 'word') parseEnum(tokens, place, found);
    else if (word === 'oneof') {
      tokens.word();
      tokens.expect('{');
      parseFields(tokens, place, found, fields, true);
    } else if (['option', 'reserved', 'extensions', 'extend'].includes(word)) tokens.skipStatement();
    else fields.push(parseField(tokens, word, place, found, oneof));
  }
}

function parseField(tokens: Tokens, first: string, place: Place, found: Reading, oneof: boolean): ProtoField {
  const label = ['optional', 'required', 'repeated'].includes(first) ? first : '';
  let type = label === '' ? first : tokens.word();
  if (type === 'group') throw new ProtoError(`line ${tokens.next.line}: groups are not read`);
  let mapKey: string | null = null;
  if (type === 'map' && tokens.try('<')) {
    mapKey = tokens.word();
    tokens.expect(',');
    type = tokens.word();
    tokens.expect('>');
  }
  const name = tokens.word();
  tokens.expect('=');
  const number = Number(tokens.word());
  if (!Number.isInteger(number) || number < 1 || number > 536_870_911) throw new ProtoError(`line ${tokens.next.line}: ${name} has no number`);
  const repeated = label === 'repeated' || mapKey !== null;
  let packed = place.proto3;
  if (tokens.try('[')) {
    while (!tokens.try(']')) {
      if (tokens.next.kind === 'end') tokens.fail(']');
      const option = tokens.take().text;
      if (option === 'packed' && tokens.try('=')) packed = tokens.word() === 'true';
    }
  }
  tokens.expect(';');
  const made = { name, number, type, repeated, mapKey, implicit: place.proto3 && label !== 'optional' && !oneof, packed };
  if (!scalarTypes.has(type)) found.loose.push({ name: type, scope: place.scope, set: (full) => (made.type = full) });
  return made;
}

function parseEnum(tokens: Tokens, place: Place, found: Reading): void {
  const values: Record<string, number> = {};
  found.enums[inside(place.scope, tokens.word())] = values;
  tokens.expect('{');
  while (!tokens.try('}')) {
    if (tokens.try(';')) continue;
    const name = tokens.word();
    if (tokens.try('=')) values[name] = Number(tokens.word());
    tokens.skipStatement();
  }
}

function parseService(tokens: Tokens, place: Place, found: Reading): void {
  const service = inside(place.scope, tokens.word());
  tokens.expect('{');
  while (!tokens.try('}')) {
    if (tokens.try(';')) continue;
    if (tokens.word() !== 'rpc') {
      tokens.skipStatement();
      continue;
    }
    const name = tokens.word();
    const made = { path: `/${service}/${name}`, input: '', output: '', bindings: [] as HttpBinding[] };
    found.loose.push({ name: parseType(tokens), scope: place.scope, set: (full) => (made.input = full) });
    tokens.expect('returns');
    found.loose.push({ name: parseType(tokens), scope: place.scope, set: (full) => (made.output = full) });
    if (tokens.try('{')) {
      while (!tokens.try('}')) {
        if (tokens.try(';')) continue;
        if (!tokens.try('option')) tokens.fail('an option');
        parseOption(tokens, made.bindings);
      }
    } else tokens.expect(';');
    found.methods.push(made);
  }
}

function parseType(tokens: Tokens): string {
  tokens.expect('(');
  let type = tokens.word();
  if (type === 'stream' && !tokens.is(')')) type = tokens.word();
  tokens.expect(')');
  return type;
}

function parseOption(tokens: Tokens, bindings: HttpBinding[]): void {
  if (!tokens.try('(')) return tokens.skipStatement();
  const name = tokens.word();
  tokens.expect(')');
  if (name.replace(/^\./, '') !== 'google.api.http' || !tokens.try('=')) return tokens.skipStatement();
  const rule = parseAggregate(tokens, 0);
  bindings.push(...bindingsOf(rule));
  for (const more of rule.get('additional_bindings') ?? []) if (typeof more !== 'string') bindings.push(...bindingsOf(more));
}
const bindingsOf = (rule: Aggregate): HttpBinding[] => {
  const texts = (key: string): string[] => (rule.get(key) ?? []).filter((one) => typeof one === 'string');
  return methods.flatMap((method) => texts(method).map((template) => ({ method: method.toUpperCase(), template, body: texts('body')[0] ?? null })));
};

/** A message as text: each key with its values. */
type Aggregate = Map<string, (string | Aggregate)[]>;
function parseAggregate(tokens: Tokens, depth: number): Aggregate {
  if (depth > maxDepth) throw new ProtoError('options are nested too deeply');
  const members: Aggregate = new Map();
  tokens.expect('{');
  while (!tokens.try('}')) {
    if (tokens.try(',') || tokens.try(';')) continue;
    const key = tokens.try('[') ? extensionName(tokens) : tokens.word();
    tokens.try(':');
    const values = members.get(key) ?? [];
    members.set(key, values);
    const one = (): string | Aggregate =>
      tokens.is('{') ? parseAggregate(tokens, depth + 1) : tokens.next.kind === 'text' ? tokens.text() : tokens.word();
    if (!tokens.try('[')) values.push(one());
    else {
      while (!tokens.try(']')) if (!tokens.try(',')) values.push(one());
    }
  }
  return members;
}
function extensionName(tokens: Tokens): string {
  const name = tokens.word();
  tokens.expect(']');
  return `[${name}]`;
}
