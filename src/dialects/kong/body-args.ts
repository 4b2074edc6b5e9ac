import type { Exchange } from '../../engine/exchange.ts';
import { Multipart } from './multipart.ts';
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
      const { type: written, body } = format.write(others);
      exchange.body.replace(body);
      exchange.outgoing.headers.set('Content-Type', written);
    },
  };
}

interface Format {
  readonly read: (body: Buffer) => ReadonlyMap<string, unknown> | undefined;
  readonly write: (args: ReadonlyMap<string, unknown>) => { readonly type: string; readonly body: Buffer };
}

function formatOf(type: string): Format | undefined {
  const lower = type.toLowerCase();
  if (lower.startsWith('application/x-www-form-urlencoded')) return form;
  if (lower.startsWith('application/json')) return json;
  return lower.startsWith('multipart/form-data') && /;\s*boundary=\S/.test(type) ? multipart(type) : undefined;
}

const form: Format = {
  read: (body) => decodeArgs(body.toString('utf8')),
  write: (args) => ({ type: 'application/x-www-form-urlencoded', body: Buffer.from(encodeArgs(args)) }),
};

const json: Format = {
  read(body) {
    try {
      const value: unknown = JSON.parse(body.toString('utf8'));
      return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined;
    } catch {
      return undefined;
    }
  },
  write: (args) => ({ type: 'application/json', body: Buffer.from(JSON.stringify(Object.fromEntries(args))) }),
};

/** Bytes are kept: they are read and written as latin1. */
const multipart = (type: string): Format => ({
  read: (body) => new Multipart(body.toString('latin1'), type).all(),
  write(args) {
    const parts = [...args]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([name, value]) =>
        (Array.isArray(value) ? value : [value]).map((one) => `\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${String(one)}\r\n`),
      );
    const boundary = freeBoundary(/boundary=(?:"([^"]+)"|([^\s;]+))/i.exec(type)?.slice(1).find(Boolean) ?? '', parts);
    return {
      type: `multipart/form-data; boundary=${boundary}`,
      body: Buffer.from(`${parts.map((part) => `--${boundary}${part}`).join('')}--${boundary}--\r\n`, 'latin1'),
    };
  },
});

/** A boundary that begins no line of a value; the wanted one where it can be. */
function freeBoundary(wanted: string, parts: readonly string[]): string {
  for (let boundary = wanted, tries = 1; ; boundary = `${wanted}-${tries++}`)
    if (!parts.some((part) => part.includes(`\n--${boundary}`))) return boundary;
}
