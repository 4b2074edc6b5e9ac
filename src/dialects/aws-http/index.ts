import { holdingsOf } from '../../sources/cloudformation/holdings.ts';
import { isHttpApiDocument } from '../aws/documents.ts';
import type { Dialect } from '../dialect.ts';

export const awsHttp: Dialect = {
  name: 'aws-http',
  recognises: (source) => {
    const held = holdingsOf(source);
    if (held === undefined) return isHttpApiDocument(source);
    return held.has('http-api') ? 'part' : false;
  },
  behaviour: async () => (await import('./behaviour.ts')).behaviour,
};
