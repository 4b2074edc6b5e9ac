import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { readableSource, sourceReadable, type BodySource } from './body.ts';

interface Coded {
  take(): BodySource | null;
  restream(source: BodySource): void;
}

const decoders: Readonly<Record<string, () => ReturnType<typeof createGunzip>>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress as never,
  zstd: createZstdDecompress as never,
};

/** How to undo a Content-Encoding: null where there is nothing to undo, undefined where it is not known. */
export function decoderFor(coding: string): ((body: Coded) => void) | null | undefined {
  const codings = coding
    .split(',')
    .map((one) => one.trim().toLowerCase())
    .filter((one) => one !== '' && one !== 'identity');
  if (codings.length === 0) return null;
  const makers = codings.reverse().map((one) => decoders[one]);
  if (makers.some((make) => make === undefined)) return undefined;
  return (body) => {
    const source = body.take();
    if (source === null) return;
    let stream: NodeJS.ReadableStream = sourceReadable(source);
    for (const make of makers) {
      const decoder = (make as () => ReturnType<typeof createGunzip>)();
      stream.on('error', (error) => decoder.destroy(error as Error));
      stream = stream.pipe(decoder);
    }
    body.restream(readableSource(stream as never));
  };
}
