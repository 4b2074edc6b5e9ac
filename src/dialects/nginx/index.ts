import type { Dialect } from '../dialect.ts';

/** What stands in `conf.d`: servers and upstreams without the http block around them. */
const isFragment = (text: string): boolean =>
  /^[ \t]*server\s*\{[^]*\b(?:listen|location|server_name)\b/m.test(text) && !/^[ \t]*(?:http|events)\s*\{/m.test(text);

/** nginx 1.22: nginx.conf with everything that it includes. */
export const nginx: Dialect = {
  name: 'nginx',
  recognises: (source) =>
    (source.extension === '.conf' && /(?:^|[;{}\s])http\s*\{/.test(source.text)) ||
    (!/\.(?:ya?ml|json|toml|[cm]?[jt]s)$/.test(source.extension) && isFragment(source.text)),
  behaviour: async () => (await import('./behaviour.ts')).behaviour,
};
