import { isManifest } from '../../sources/kubernetes/resources.ts';
import type { Dialect } from '../dialect.ts';

export const gatewayApi: Dialect = {
  name: 'gateway-api',
  recognises: isManifest,
  behaviour: async () => (await import('./behaviour.ts')).behaviour,
};
