import type { Dialect } from '../dialect.ts';
import { accessStep } from './access.ts';
import { compileNginx } from './compile.ts';
import { nginxFaults } from './faults.ts';
import { filesStep } from './files.ts';
import { forwardStep } from './forward.ts';
import { headStep } from './head.ts';
import { limitStep } from './limit.ts';
import { arriveStep, nginxMatcher } from './match.ts';
import { rewriteStep } from './rewrite.ts';

/** What stands in `conf.d`: servers and upstreams without the http block around them. */
const isFragment = (text: string): boolean =>
  /^[ \t]*server\s*\{[^]*\b(?:listen|location|server_name)\b/m.test(text) && !/^[ \t]*(?:http|events)\s*\{/m.test(text);

/** nginx 1.22: nginx.conf with everything that it includes. */
export const nginx: Dialect = {
  name: 'nginx',
  kit: {
    matchers: [nginxMatcher],
    steps: [arriveStep, rewriteStep, limitStep, accessStep, filesStep, forwardStep, headStep],
    faultBooks: [nginxFaults],
  },
  recognises: (source) =>
    (source.extension === '.conf' && /(?:^|[;{}\s])http\s*\{/.test(source.text)) ||
    (!/\.(?:ya?ml|json|toml|[cm]?[jt]s)$/.test(source.extension) && isFragment(source.text)),
  compile: compileNginx,
  proofs: { 'nginx/location': ['nginx'], 'nginx/server': ['nginx'], 'nginx/http': ['nginx'], 'nginx/map': ['nginx'], 'nginx/if': ['nginx'] },
};
