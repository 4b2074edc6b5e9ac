import type { ProtoField, ProtoSchema } from './schema.ts';
import { scalars } from './scalars.ts';
import { WireReader, WireWriter } from '../../../http/protobuf-wire.ts';

const maxDepth = 64;
type Members = Readonly<Record<string, unknown>>;
const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);
const timestamp = 'google.protobuf.Timestamp';

/** JSON as a message. Members that the type does not know are left out. @throws TypeError where a value is of another type */
export function encodeMessage(schema: ProtoSchema, type: string, value: unknown, depth = 0): Buffer {
  if (!isMembers(value) || depth > maxDepth) throw new TypeError('expected an object');
  const to = new WireWriter();
  for (const field of schema.messages[type]?.fields ?? []) {
    const given = Object.hasOwn(value, field.name) ? value[field.name] : undefined;
    if (given === undefined) continue;
    if (field.mapKey !== null) writeMap(schema, field, field.mapKey, given, to, depth);
    else if (field.repeated) writeList(schema, field, given, to, depth);
    else if (!(field.implicit && given === scalars[field.type]?.usual)) writeOne(schema, field, given, to, depth);
  }
  return to.finish();
}

function writeOne(schema: ProtoSchema, field: ProtoField, value: unknown, to: WireWriter, depth: number): void {
  const scalar = scalars[field.type];
  const values = schema.enums[field.type];
  if (scalar !== undefined) {
    to.tag(field.number, scalar.wire);
    scalar.write(to, value);
  } else if (values !== undefined) {
    to.tag(field.number, 0);
    (scalars['int32'] as (typeof scalars)[string]).write(to, typeof value === 'string' && Object.hasOwn(values, value) ? values[value] : value);
  } else {
    to.tag(field.number, 2);
    to.bytes(encodeMessage(schema, field.type, field.type === timestamp ? fromIso(value) : value, depth + 1));
  }
}

function writeList(schema: ProtoSchema, field: ProtoField, value: unknown, to: WireWriter, depth: number): void {
  if (!Array.isArray(value)) throw new TypeError('expected a list');
  const scalar = scalars[field.type];
  if (!field.packed || scalar === undefined || scalar.wire === 2) {
    for (const one of value) writeOne(schema, field, one, to, depth);
  } else if (value.length > 0) {
    const inner = new WireWriter();
    for (const one of value) scalar.write(inner, one);
    to.tag(field.number, 2);
    to.bytes(inner.finish());
  }
}

function writeMap(schema: ProtoSchema, field: ProtoField, mapKey: string, value: unknown, to: WireWriter, depth: number): void {
  if (!isMembers(value)) throw new TypeError('expected an object');
  for (const [key, one] of Object.entries(value)) {
    const entry = new WireWriter();
    const plain = { repeated: false, mapKey: null, implicit: false, packed: false };
    writeOne(schema, { ...plain, name: 'key', number: 1, type: mapKey }, mapKey === 'bool' ? key === 'true' : key, entry, depth);
    writeOne(schema, { ...plain, name: 'value', number: 2, type: field.type }, one, entry, depth);
    to.tag(field.number, 2);
    to.bytes(entry.finish());
  }
}

/** A message as JSON, with the defaults of what was not sent. @throws RangeError where it is broken */
export function decodeMessage(schema: ProtoSchema, type: string, bytes: Buffer, depth = 0): Record<string, unknown> {
  if (depth > maxDepth) throw new RangeError('messages are nested too deeply');
  const fields = new Map((schema.messages[type]?.fields ?? []).map((field) => [field.number, field]));
  const members = new Map<string, unknown>();
  for (const field of fields.values()) {
    const usual = usualOf(schema, field);
    if (usual !== undefined) members.set(field.name, usual);
  }
  const from = new WireReader(bytes);
  while (!from.done) {
    const tag = Number(from.varint());
    const field = fields.get(Math.floor(tag / 8));
    if (field === undefined) from.skip(tag % 8);
    else readField(schema, field, tag % 8, from, members, depth);
  }
  return Object.fromEntries(members);
}

function usualOf(schema: ProtoSchema, field: ProtoField): unknown {
  if (field.mapKey !== null) return field.implicit ? {} : undefined;
  if (!field.implicit) return undefined;
  if (field.repeated) return [];
  const values = schema.enums[field.type];
  return values === undefined ? scalars[field.type]?.usual : (nameOf(values, 0) ?? 0);
}
const nameOf = (values: Readonly<Record<string, number>>, number: number): string | undefined =>
  Object.entries(values).find(([, one]) => one === number)?.[0];

function readField(schema: ProtoSchema, field: ProtoField, wire: number, from: WireReader, members: Map<string, unknown>, depth: number): void {
  const scalar = scalars[field.type] ?? (Object.hasOwn(schema.enums, field.type) ? scalars['int32'] : undefined);
  const show = (value: unknown): unknown => {
    const values = schema.enums[field.type];
    return values === undefined ? value : (nameOf(values, value as number) ?? value);
  };
  const list = (): unknown[] => {
    const before = members.get(field.name);
    if (Array.isArray(before)) return before;
    const made: unknown[] = [];
    members.set(field.name, made);
    return made;
  };
  if (field.mapKey !== null && wire === 2) readEntry(schema, field, field.mapKey, from.bytes(), members, depth);
  else if (scalar === undefined) {
    if (wire !== 2) return from.skip(wire);
    const value: unknown = decodeMessage(schema, field.type, from.bytes(), depth + 1);
    const shown = field.type === timestamp ? toIso(value as Members) : value;
    if (field.repeated) list().push(shown);
    else members.set(field.name, shown);
  } else if (field.repeated && wire === 2 && scalar.wire !== 2) {
    const packed = new WireReader(from.bytes());
    while (!packed.done) list().push(show(scalar.read(packed)));
  } else if (wire !== scalar.wire) from.skip(wire);
  else if (field.repeated) list().push(show(scalar.read(from)));
  else members.set(field.name, show(scalar.read(from)));
}

function readEntry(schema: ProtoSchema, field: ProtoField, mapKey: string, bytes: Buffer, members: Map<string, unknown>, depth: number): void {
  const plain = { repeated: false, mapKey: null, implicit: true, packed: false };
  const entry = new Map<string, unknown>();
  const from = new WireReader(bytes);
  while (!from.done) {
    const tag = Number(from.varint());
    const number = Math.floor(tag / 8);
    if (number === 1) readField(schema, { ...plain, name: 'key', number, type: mapKey }, tag % 8, from, entry, depth);
    else if (number === 2) readField(schema, { ...plain, name: 'value', number, type: field.type }, tag % 8, from, entry, depth);
    else from.skip(tag % 8);
  }
  const key = String(entry.get('key') ?? scalars[mapKey]?.usual);
  const value = entry.get('value') ?? usualOf(schema, { ...plain, name: 'value', number: 2, type: field.type }) ?? {};
  members.set(field.name, { ...(members.get(field.name) as object | undefined), [key]: value });
}

/** Kong shows times as ISO 8601 without a zone, and takes them so. */
function fromIso(value: unknown): Members {
  const ms = typeof value === 'string' ? Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/i.test(value) ? value : `${value}Z`) : Number.NaN;
  if (Number.isNaN(ms)) throw new TypeError('expected a time');
  const seconds = Math.floor(ms / 1000);
  return { seconds, nanos: (ms - seconds * 1000) * 1_000_000 };
}
function toIso({ seconds }: Members): string {
  const date = new Date(Number(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().slice(0, 19);
}
