import type { Behaviour } from '../dialect.ts';
import { corsFieldsStep, preflightStep, replyStep } from './answers.ts';
import { arrivalStep } from './arrival.ts';
import { bodyLimitStep, requestCaseStep, responseCaseStep } from './bodies.ts';
import { compileNative } from './compile.ts';
import { queryStep, requestHeadersStep, responseHeadersStep, rewriteStep } from './edits.ts';
import { nativeFaults } from './faults.ts';
import { forwardStep } from './forward.ts';
import { nativeMatcher } from './match.ts';

export const behaviour: Behaviour = {
  kit: {
    matchers: [nativeMatcher],
    steps: [
      arrivalStep,
      preflightStep,
      corsFieldsStep,
      replyStep,
      requestHeadersStep,
      responseHeadersStep,
      queryStep,
      rewriteStep,
      bodyLimitStep,
      requestCaseStep,
      forwardStep,
    ],
    bodies: [responseCaseStep],
    faultBooks: [nativeFaults],
  },
  compile: compileNative,
  proofs: {
    'native/jwt': ['jwt/native'],
    'native/match': ['hostile-paths/native', 'test/unit/native/gateway.test.ts', 'test/unit/matching/path-trie.test.ts'],
    'native/route': ['test/unit/native/gateway.test.ts'],
    'native/upstream': ['hostile-paths/native: the connection goes to the configured upstream only'],
  },
};
