import type { Dialect } from '../dialect.ts';

/** Kong 3.10, DB-less: kong.yml as Kong or decK writes it, with kong.conf beside it. */
export const kong: Dialect = {
  name: 'kong',
  recognises: (source) =>
    source.absolute !== '' && /\.(ya?ml|json)$/.test(source.extension) && /(?:^|[{,\s])["']?_format_version["']?\s*:/.test(source.text),
  behaviour: async () => (await import('./behaviour.ts')).behaviour,
};
