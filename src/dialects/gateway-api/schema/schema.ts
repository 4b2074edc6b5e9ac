/** What the API server takes in one place of an object: the facts of a CRD, as data. */
export type Schema = { readonly is: 'any' } | { readonly is: 'flag' } | TextSchema | WholeSchema | ListSchema | ShapeSchema | TableSchema;

export interface TextSchema extends TextBounds {
  readonly is: 'text';
}
interface TextBounds {
  readonly min?: number;
  readonly max?: number;
  readonly pattern?: RegExp;
  readonly oneOf?: readonly string[];
  /** What a text of the pattern is, for people. */
  readonly expected?: string;
}
export interface WholeSchema extends WholeBounds {
  readonly is: 'whole';
}
interface WholeBounds {
  readonly min?: number;
  readonly max?: number;
  readonly oneOf?: readonly number[];
}
export interface ListSchema extends ListBounds {
  readonly is: 'list';
  readonly of: Schema;
}
interface ListBounds {
  readonly min?: number;
  readonly max?: number;
  /** What versions before take at most. */
  readonly maxBefore?: number;
  /** Items differ: as a whole, or in this member. */
  readonly differIn?: string;
  readonly rules?: readonly Rule[];
}
export interface ShapeSchema {
  readonly is: 'shape';
  readonly fields: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
  readonly rules: readonly Rule[];
}
/** Texts under names that are the user's own. */
export interface TableSchema {
  readonly is: 'table';
  readonly names: TextSchema;
  readonly values: TextSchema;
  readonly max: number;
}

/** What several members say together: why it is refused, or undefined. Asked only where each of them is right by itself. */
export type Rule = (value: never) => Refusal | readonly Refusal[] | undefined;
export interface Refusal {
  /** The member that is wrong; without it, the whole. */
  readonly at?: readonly (string | number)[];
  readonly what: string;
  readonly expected: string;
  /** It is harmless: told, and no reason to refuse the load. */
  readonly harmless?: true;
}

/** Each value of a field goes with one member, which must be there, and without those of the other values. */
export const goesWith =
  (field: string, members: Readonly<Record<string, string>>): Rule =>
  (value: Readonly<Record<string, unknown>>): Refusal | undefined => {
    const chosen = String(value[field]);
    const wanted = members[chosen] as string;
    if (value[wanted] === undefined) return { what: `the ${field} ${chosen} needs ${wanted}`, expected: `give ${wanted}` };
    const other = Object.values(members).find((one) => one !== wanted && value[one] !== undefined);
    return other === undefined ? undefined : { at: [other], what: `the ${field} is ${chosen}`, expected: `${wanted} alone` };
  };

export const any: Schema = { is: 'any' };
export const flag: Schema = { is: 'flag' };
export const text = (bounds: TextBounds = {}): TextSchema => ({ is: 'text', ...bounds });
export const oneOf = (...values: readonly string[]): TextSchema => text({ oneOf: values });
export const whole = (bounds: WholeBounds = {}): WholeSchema => ({ is: 'whole', ...bounds });
export const list = (of: Schema, bounds: ListBounds = {}): ListSchema => ({ is: 'list', of, ...bounds });
export const shape = (fields: ShapeSchema['fields'], required: readonly string[] = [], rules: readonly Rule[] = []): ShapeSchema => ({
  is: 'shape',
  fields,
  required,
  rules,
});
export const table = (names: TextSchema, values: TextSchema, max: number): TableSchema => ({ is: 'table', names, values, max });
