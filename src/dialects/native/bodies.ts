import type { BodyStepKind, StepKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import type { ChunkTransform } from '../../http/body.ts';
import { BodyTooLarge } from '../../http/body.ts';
import { fault } from '../../model/fault.ts';
import { camelToSnake, renameKeys, snakeToCamel } from './letter-case.ts';

export type CaseChange = 'camel-to-snake' | 'snake-to-camel';

const jsonType = /^application\/(?:[\w.+-]+\+)?json\b/i;
const isJson = (type: string | undefined): boolean => type !== undefined && jsonType.test(type);
/** Transformed bodies are held whole; this bounds them. */
const maxBytes = 10 * 1024 * 1024;

function changeCase(bytes: Buffer, change: CaseChange): Buffer {
  return Buffer.from(JSON.stringify(renameKeys(JSON.parse(bytes.toString('utf8')), change === 'camel-to-snake' ? camelToSnake : snakeToCamel)));
}

/** Renames the members of a JSON request. A body that claims to be JSON and is none is refused: it would pass unchecked. */
export const requestCaseStep: StepKind<CaseChange> = {
  kind: 'native/request-case',
  create(change) {
    return (exchange) => {
      const { headers } = exchange.outgoing;
      if (exchange.body.isEmpty || !isJson(headers.get('content-type')) || headers.has('content-encoding')) return undefined;
      return exchange.body.whole(maxBytes).then((bytes) => {
        if (bytes.length === 0) return undefined;
        try {
          exchange.body.replace(changeCase(bytes, change));
        } catch {
          return refuse(fault('bad-request', { reason: 'the body is no JSON' }));
        }
        return undefined;
      });
    };
  },
};

export const responseCaseStep: BodyStepKind<CaseChange> = {
  kind: 'native/response-case',
  create(change) {
    return {
      limit: maxBytes,
      need: (exchange) => (exchange.response?.from === 'upstream' && isJson(exchange.response.headers.get('content-type')) ? 'whole' : 'none'),
      whole(exchange, body) {
        try {
          return changeCase(body, change);
        } catch {
          exchange.note('the answer claims to be JSON and is none: it passes unchanged');
          return body;
        }
      },
    };
  },
};

/** Refuses a request body above a limit: by its Content-Length at once, else where it grows past it. */
export const bodyLimitStep: StepKind<number> = {
  kind: 'native/body-limit',
  create(limit) {
    const counter = (): ChunkTransform => {
      let size = 0;
      return {
        chunk(chunk) {
          size += chunk.length;
          if (size > limit) throw new BodyTooLarge(limit);
          return chunk;
        },
        end: () => null,
      };
    };
    return (exchange) => {
      const { length } = exchange.body;
      if (length !== undefined) return length > limit ? refuse(fault('body-too-large', { limit })) : undefined;
      exchange.body.transform(counter(), true);
      return undefined;
    };
  },
};
