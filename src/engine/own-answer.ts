import type { Answer } from './kit.ts';
import { bytesSource } from '../http/body.ts';
import { Fields } from '../http/fields.ts';

/** An answer that an integration makes without a connection. `headers` are flat. */
export function ownAnswer(status: number, headers: string[], body: Buffer): Answer {
  const source = bytesSource(body);
  return {
    status,
    headers: new Fields(headers),
    length: body.length,
    pipe: (sink) => source.pipe(sink),
    resume: () => source.resume(),
    abandon: () => source.abandon(),
  };
}
