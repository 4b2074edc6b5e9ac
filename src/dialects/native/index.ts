import type { Dialect } from '../dialect.ts';
import { corsFieldsStep, preflightStep, replyStep } from './answers.ts';
import { arrivalStep } from './arrival.ts';
import { bodyLimitStep, requestCaseStep, responseCaseStep } from './bodies.ts';
import { compileNative } from './compile.ts';
import { queryStep, requestHeadersStep, responseHeadersStep, rewriteStep } from './edits.ts';
import { nativeFaults } from './faults.ts';
import { forwardStep } from './forward.ts';
import { nativeMatcher } from './match.ts';
import { nativeTemplate } from './starting-file.ts';

/** A list of routes at the top that have a `match` and an `upstream` or `steps`: no other language has all of them. */
const hasRoutesOfOurs = (text: string): boolean =>
  /^"?routes"?:/m.test(text) && /^[ \t-]*"?match"?:/m.test(text) && /^[ \t-]*"?(?:upstream|steps)"?:/m.test(text);

/** devgateway's own language: does what the others do, and holds what only concerns this machine. */
export const native: Dialect = {
  name: 'native',
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
  recognises: (source) =>
    source.absolute === '' || /^devgateway(\.config)?\.(ya?ml|json|[cm]?[jt]s)$/.test(source.basename) || hasRoutesOfOurs(source.text),
  compile: compileNative,
  template: nativeTemplate,
  proofs: {
    'native/jwt': ['jwt/native'],
    'native/match': ['hostile-paths/native', 'test/unit/native/gateway.test.ts', 'test/unit/matching/path-trie.test.ts'],
    'native/route': ['test/unit/native/gateway.test.ts'],
    'native/upstream': ['hostile-paths/native: the connection goes to the configured upstream only'],
  },
};
