import type { Behaviour } from '../dialect.ts';
import { accessStep } from './access.ts';
import { compileNginx } from './compile.ts';
import { nginxFaults } from './faults.ts';
import { filesStep } from './files.ts';
import { forwardStep } from './forward.ts';
import { headStep } from './head.ts';
import { limitStep } from './limit.ts';
import { arriveStep, nginxMatcher } from './match.ts';
import { rewriteStep } from './rewrite.ts';

export const behaviour: Behaviour = {
  kit: {
    matchers: [nginxMatcher],
    steps: [arriveStep, rewriteStep, limitStep, accessStep, filesStep, forwardStep, headStep],
    faultBooks: [nginxFaults],
  },
  compile: compileNginx,
  proofs: { 'nginx/location': ['nginx'], 'nginx/server': ['nginx'], 'nginx/http': ['nginx'], 'nginx/map': ['nginx'], 'nginx/if': ['nginx'] },
};
