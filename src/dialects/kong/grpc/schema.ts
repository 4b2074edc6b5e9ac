/** A .proto file with what it imports, in plain data. Names of types are full: `package.Message`. */
export interface ProtoSchema {
  readonly messages: Readonly<Record<string, ProtoMessage>>;
  /** Values by name. */
  readonly enums: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly methods: readonly ProtoMethod[];
}
export interface ProtoMessage {
  readonly fields: readonly ProtoField[];
}
export interface ProtoField {
  readonly name: string;
  readonly number: number;
  /** A scalar type, or the name of a message or enumeration. */
  readonly type: string;
  readonly repeated: boolean;
  /** Of a map: `type` is that of its values. */
  readonly mapKey: string | null;
  /** Shown, with its default, where it was not sent: a field of proto3 that is neither optional nor one of several. */
  readonly implicit: boolean;
  readonly packed: boolean;
}
export interface ProtoMethod {
  /** `/package.Service/Method`. */
  readonly path: string;
  readonly input: string;
  readonly output: string;
  readonly bindings: readonly HttpBinding[];
}
/** google.api.http. */
export interface HttpBinding {
  readonly method: string;
  readonly template: string;
  readonly body: string | null;
}

export const scalarTypes: ReadonlySet<string> = new Set([
  'double',
  'float',
  'int32',
  'int64',
  'uint32',
  'uint64',
  'sint32',
  'sint64',
  'fixed32',
  'fixed64',
  'sfixed32',
  'sfixed64',
  'bool',
  'string',
  'bytes',
]);
