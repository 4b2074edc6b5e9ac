import type { Exchange } from '../../engine/exchange.ts';
import { decodeArgs, encodeArgs } from './request-args.ts';

/** Arguments of a request body, and the way to put others in their place. */
export interface BodyArgs {
  readonly args: ReadonlyMap<string, unknown>;
  /** The upstream gets these arguments, in the same format. */
  write(args: ReadonlyMap<string, unknown>): void;
}

const limit = 10 * 1024 * 1024;

/** What kong.request.get_body reads, and kong.service.request.set_body writes; null where the body is none that it knows. */
export async function bodyArgs(exchange: Exchange): Promise<BodyArgs | null> {
  const type = exchange.arrived.headers.get('content-type') ?? '';
  const format = formatOf(type);
  if (format === undefined || exchange.body.isEmpty) return null;
  const args = format.read(await exchange.body.whole(limit));
  if (args === undefined) return null;
  return {
    args,
    write(others) {
      exchange.body.replace(format.write(others));
      exchange.outgoing.headers.set('Content-Type', format.type);
    },
  };
}

interface Format {
  readonly type: string;
  readonly read: (body: Buffer) => ReadonlyMap<string, unknown> | undefined;
  readonly write: (args: ReadonlyMap<string, unknown>) => Buffer;
}

function formatOf(type: string): Format | undefined {
  const lower = type.toLowerCase();
  if (lower.startsWith('application/x-www-form-urlencoded')) return form;
  if (lower.startsWith('application/json')) return json;
  const boundary = lower.startsWith('multipart/form-data') ? /boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type) : null;
  return boundary === null ? undefined : multipart(boundary[1] ?? boundary[2] ?? '');
}

const form: Format = {
  type: 'application/x-www-form-urlencoded',
  read: (body) => decodeArgs(body.toString('utf8')),
  write: (args) => Buffer.from(encodeArgs(args)),
};

const json: Format = {
  type: 'application/json',
  read(body) {
    try {
      const value: unknown = JSON.parse(body.toString('utf8'));
      return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined;
    } catch {
      return undefined;
    }
  },
  write: (args) => Buffer.from(JSON.stringify(Object.fromEntries(args))),
};

/** Bytes are kept: they are read and written as latin1. */
const multipart = (boundary: string): Format => ({
  type: `multipart/form-data; boundary=${boundary}`,
  read(body) {
    const args = new Map<string, unknown>();
    for (const part of body.toString('latin1').split(`--${boundary}`).slice(1)) {
      if (part.startsWith('--')) break;
      const end = /\r?\n\r?\n/.exec(part);
      if (end === null) continue;
      const name = /^content-disposition:[^\r\n]*?[;\s]name="([^"\r\n]*)"/im.exec(part.slice(0, end.index))?.[1];
      if (name === undefined) continue;
      const value = part.slice(end.index + end[0].length).replace(/\r?\n$/, '');
      const before = args.get(name);
      args.set(name, before === undefined ? value : [...(Array.isArray(before) ? (before as string[]) : [before]), value]);
    }
    return args;
  },
  write(args) {
    const parts = [...args]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([name, value]) =>
        (Array.isArray(value) ? value : [value]).map(
          (one) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${String(one)}\r\n`,
        ),
      );
    return Buffer.from(`${parts.join('')}--${boundary}--\r\n`, 'latin1');
  },
});
