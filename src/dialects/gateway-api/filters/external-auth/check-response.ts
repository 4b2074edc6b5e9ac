import { fieldsIn } from '../../../../http/protobuf-wire.ts';

/** What the server wants a field to become. `unsaid`: it does not say how. */
export interface FieldChange {
  readonly name: string;
  /** Latin1, as Fields has values. */
  readonly value: string;
  readonly how: 'unsaid' | 'append' | 'add-if-absent' | 'overwrite' | 'overwrite-if-there';
}
export interface Passes {
  readonly passes: true;
  readonly headers: readonly FieldChange[];
  readonly remove: readonly string[];
  readonly responseHeaders: readonly FieldChange[];
  /** As they stand in a query. */
  readonly setParameters: readonly (readonly [name: string, value: string])[];
  readonly removeParameters: readonly string[];
}
export interface Denied {
  readonly passes: false;
  readonly status: number;
  readonly headers: readonly FieldChange[];
  readonly body: Buffer;
}

/** Of each list. */
const mostEntries = 1000;
const name = /^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+|:authority)$/;
const value = /^[^\0\r\n]*$/;
const parameterName = /^[\w.~!$'()*+,;:@/?%-]+$/;
const parameterValue = /^[\w.~!$'()*+,;:@/?%=-]*$/;

/**
 * Reads an `envoy.service.auth.v3.CheckResponse`. Source: its .proto files, and ext_authz_grpc_impl.cc of Envoy: no status is OK.
 * @throws RangeError where it is broken, or would make a broken message
 */
export function readCheckResponse(bytes: Buffer): Passes | Denied {
  const message = read(bytes);
  if (numberOf(message, 1, 1) === 0) return readPasses(read(message.last(3)));
  const denied = read(message.last(2));
  const status = numberOf(denied, 1, 1) || 403;
  if (status < 200 || status > 599) throw new RangeError(`there is no answer with the status ${status}`);
  return { passes: false, status, headers: denied.all(2).map(readChange), body: denied.last(3) };
}

function readPasses(ok: Message): Passes {
  return {
    passes: true,
    headers: ok.all(2).map(readChange),
    remove: ok.all(5).map((one) => one.toString('latin1')),
    responseHeaders: ok.all(6).map(readChange),
    setParameters: ok.all(7).map((one) => {
      const pair = read(one);
      return [checked(pair.last(1), parameterName), checked(pair.last(2), parameterValue)];
    }),
    removeParameters: ok.all(8).map((one) => one.toString('latin1')),
  };
}

const hows = ['unsaid', 'add-if-absent', 'overwrite', 'overwrite-if-there'] as const;

/** `config.core.v3.HeaderValueOption`: the older `append` counts where it is there. */
function readChange(bytes: Buffer): FieldChange {
  const option = read(bytes);
  const header = read(option.last(1));
  const raw = header.last(2).length > 0 ? header.last(2) : header.last(3);
  const how = option.has(2) ? (numberOf(option, 2, 1) === 0 ? 'overwrite' : 'append') : hows[option.number(3)];
  if (how === undefined) throw new RangeError(`there is no append_action ${option.number(3)}`);
  return { name: checked(header.last(1), name), value: checked(raw, value), how };
}

function checked(bytes: Buffer, pattern: RegExp): string {
  const text = bytes.toString('latin1');
  if (!pattern.test(text)) throw new RangeError(`${JSON.stringify(text.slice(0, 100))} cannot stand in a message`);
  return text;
}

/** Fields by number, none of which is a number of a fixed width. */
class Message {
  readonly #fields = new Map<number, (bigint | Buffer)[]>();

  constructor(bytes: Buffer) {
    for (const { number, value: one } of fieldsIn(bytes)) {
      const all = this.#fields.get(number) ?? [];
      if (all.length === mostEntries) throw new RangeError(`the field ${number} comes more than ${mostEntries} times`);
      all.push(one);
      this.#fields.set(number, all);
    }
  }
  has(number: number): boolean {
    return this.#fields.has(number);
  }
  all(number: number): Buffer[] {
    return (this.#fields.get(number) ?? []).filter((one) => Buffer.isBuffer(one));
  }
  /** Of several the last counts; a message that comes in parts is not put together. */
  last(number: number): Buffer {
    return this.all(number).at(-1) ?? Buffer.alloc(0);
  }
  number(number: number): number {
    const last = (this.#fields.get(number) ?? []).findLast((one) => !Buffer.isBuffer(one));
    return Number(BigInt.asIntN(32, last ?? 0n));
  }
}
const read = (bytes: Buffer): Message => new Message(bytes);
/** A number within a message. */
const numberOf = (message: Message, field: number, inner: number): number => read(message.last(field)).number(inner);
