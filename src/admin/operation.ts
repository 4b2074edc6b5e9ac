import type { Gateway, Scope } from '../gateway/types.ts';
import type { Schema } from './schema.ts';

/** One thing that the control API does. Routes and document are both made from it. */
export interface Operation {
  readonly id: string;
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** As OpenAPI writes it. */
  readonly path: string;
  readonly summary: string;
  /** Whether `?scope=NAME` makes it concern one scope alone. */
  readonly scoped: boolean;
  readonly query?: Readonly<Record<string, Schema>>;
  readonly body?: { readonly schema: Schema; readonly required: boolean };
  /** Of what it answers; without: 204. */
  readonly answer?: Schema;
  /** Further statuses that it answers, and when. */
  readonly also?: Readonly<Record<number, string>>;
  readonly run: (call: Call) => unknown;
}

/** What was asked, after it was judged by the schemas. */
export interface Call {
  readonly gateway: Gateway;
  /** The scope that was named, else the gateway. */
  readonly target: Gateway | Scope;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string | number | boolean>>;
  readonly body: unknown;
  /** Aborted when the client leaves. */
  readonly signal: AbortSignal;
}

export const scopeParameter: Schema = { type: 'string', description: 'The scope that this concerns; without, the gateway itself.' };
