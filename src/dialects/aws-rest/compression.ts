import { promisify } from 'node:util';
import { deflate, gzip } from 'node:zlib';
import type { Exchange } from '../../engine/exchange.ts';
import type { BodyStepKind } from '../../engine/kit.ts';

const coders = { gzip: promisify(gzip), deflate: promisify(deflate) } as const;
type Coding = keyof typeof coders;

/** The coding that the client likes best; undefined where it takes none of ours. */
function acceptedCoding(accepted: string): Coding | undefined {
  const liked = accepted.split(',').map((part) => {
    const [name = '', ...parameters] = part.split(';').map((one) => one.trim().toLowerCase());
    const quality = Number(parameters.find((one) => one.startsWith('q='))?.slice(2) ?? 1);
    return { coding: name === '*' ? 'gzip' : name, quality: Number.isNaN(quality) ? 0 : quality };
  });
  return liked
    .toSorted((a, b) => b.quality - a.quality)
    .find((one): one is { coding: Coding; quality: number } => one.quality > 0 && Object.hasOwn(coders, one.coding))?.coding;
}

/** Answers of at least so many bytes go out in a coding that the client takes. Source: the developer guide, payload compression. */
export const compression: BodyStepKind<{ readonly minimumBytes: number }> = {
  kind: 'aws-rest/compression',
  create({ minimumBytes }) {
    const codingFor = ({ arrived, response }: Exchange): Coding | undefined => {
      if (response === null || response.headers.has('content-encoding') || (response.body.length ?? Infinity) < minimumBytes) return undefined;
      return acceptedCoding(arrived.headers.joined('accept-encoding') ?? '');
    };
    return {
      need: (exchange) => (codingFor(exchange) === undefined ? 'none' : 'whole'),
      limit: 10_485_760,
      async whole(exchange, body) {
        const coding = codingFor(exchange);
        if (coding === undefined || body.length === 0 || body.length < minimumBytes) return body;
        const coded = await coders[coding](body);
        exchange.response?.headers.set('Content-Encoding', coding);
        return coded;
      },
    };
  },
};
