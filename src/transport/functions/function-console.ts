import { format } from 'node:util';
import type { LogLevel } from './instance.ts';

const levels = { trace: 'TRACE', debug: 'DEBUG', log: 'INFO', info: 'INFO', warn: 'WARN', error: 'ERROR' } as const satisfies Record<
  string,
  LogLevel
>;

/** Whatever the function writes goes to `write`, in its order. */
export function takeOutput(write: (level: LogLevel, text: string) => void): void {
  for (const [method, level] of Object.entries(levels)) {
    console[method as keyof typeof levels] = (...args: unknown[]): void => write(level, format(...args));
  }
  takeStream(process.stdout, (text) => write('INFO', text));
  takeStream(process.stderr, (text) => write('ERROR', text));
}

function takeStream(stream: NodeJS.WriteStream, write: (text: string) => void): void {
  stream.write = ((chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    if (text.trim() !== '') write(text.replace(/\r?\n$/, ''));
    const done = rest.find((one) => typeof one === 'function') as (() => void) | undefined;
    if (done !== undefined) process.nextTick(done);
    return true;
  }) as typeof stream.write;
}
