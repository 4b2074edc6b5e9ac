import { isManifest } from '../../sources/kubernetes/resources.ts';
import type { Dialect } from '../dialect.ts';
import { compile } from './compile.ts';
import { faultBook } from './faults.ts';
import { matcher } from './match.ts';
import { stepsKit } from './steps-kit.ts';
import { tlsMatcher } from './tls-routes.ts';

export const gatewayApi: Dialect = {
  name: 'gateway-api',
  kit: { ...stepsKit, matchers: [matcher, tlsMatcher], faultBooks: [faultBook] },
  recognises: isManifest,
  compile,
  proofs: { 'gateway-api': ['gateway-api/HTTPRouteMatching', 'gateway-api/HTTPRouteReferenceGrant', 'gateway-api/GatewayHTTPListenerIsolation'] },
};
