/** The router language of Kong's expressions (crate atc-router 1.7), as a tree. */
export type Expression =
  | { readonly kind: 'all' | 'some'; readonly of: readonly Expression[] }
  | { readonly kind: 'not'; readonly inner: Expression }
  | Predicate;

export interface Predicate {
  readonly kind: 'predicate';
  readonly field: string;
  readonly lower: boolean;
  /** `any()`: one of several values is enough. */
  readonly any: boolean;
  readonly operator: Operator;
  readonly value: Value;
}
export const operators = ['==', '!=', '~', '^=', '=^', '>=', '>', '<=', '<', 'in', 'not in', 'contains'] as const;
export type Operator = (typeof operators)[number];

export type Value =
  | { readonly type: 'String'; readonly text: string }
  | { readonly type: 'Int'; readonly number: number }
  | { readonly type: 'IpAddr' | 'IpCidr'; readonly text: string };

export const all = (of: readonly Expression[]): Expression => join('all', of);
export const some = (of: readonly Expression[]): Expression => join('some', of);
function join(kind: 'all' | 'some', of: readonly Expression[]): Expression {
  const flat = of.flatMap((one) => (one.kind === kind ? one.of : [one]));
  return flat.length === 1 ? (flat[0] as Expression) : { kind, of: flat };
}

export function predicate(
  field: string,
  operator: Operator,
  value: Value | string,
  { lower = false, any = false }: { readonly lower?: boolean; readonly any?: boolean } = {},
): Predicate {
  return { kind: 'predicate', field, lower, any, operator, value: typeof value === 'string' ? { type: 'String', text: value } : value };
}

/** Every predicate of a tree. */
export function* predicatesOf(expression: Expression): Generator<Predicate> {
  if (expression.kind === 'predicate') yield expression;
  else if (expression.kind === 'not') yield* predicatesOf(expression.inner);
  else for (const one of expression.of) yield* predicatesOf(one);
}
