import type { Operation } from '../operation.ts';
import type { Schema } from '../schema.ts';

const texts: Schema = { type: 'array', items: { type: 'string' } };

const report: Operation = {
  id: 'tapes',
  method: 'get',
  path: '/v1/tapes',
  summary: 'What the tape has answered, did not have, and holds in vain',
  scoped: false,
  answer: {
    type: 'object',
    properties: {
      mode: { type: 'string' },
      file: { type: 'string' },
      entries: { type: 'integer', description: 'Answers on the tape.' },
      served: { type: 'integer' },
      recorded: { type: 'integer' },
      unknown: { type: 'array', items: { type: 'object' }, description: 'Requests that it does not have: request, nearest, story.' },
      used: texts,
      unused: texts,
      leftOut: { type: 'array', items: { type: 'object' }, description: 'What could not be recorded: request, reason.' },
      ok: { type: 'boolean', description: 'In the mode strict: nothing unknown, nothing unused.' },
    },
  },
  run: ({ gateway }) => gateway.tapes.report(),
};

const flush: Operation = {
  id: 'flushTapes',
  method: 'post',
  path: '/v1/tapes/flush',
  summary: 'Writes what was recorded so far',
  scoped: false,
  run: ({ gateway }) => gateway.tapes.flush(),
};

export const tapeOperations: readonly Operation[] = [report, flush];
