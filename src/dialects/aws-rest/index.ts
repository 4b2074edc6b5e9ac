import { holdingsOf } from '../../sources/cloudformation/holdings.ts';
import { isApiDocument, isHttpApiDocument } from '../aws/documents.ts';
import type { Dialect } from '../dialect.ts';

export const awsRest: Dialect = {
  name: 'aws-rest',
  recognises: (source) => {
    const held = holdingsOf(source);
    if (held === undefined) return isApiDocument(source) && !isHttpApiDocument(source);
    // A template without any API is read here, which says so.
    return held.has('rest-api') || !held.has('http-api') ? 'part' : false;
  },
  behaviour: async () => (await import('./behaviour.ts')).behaviour,
};
