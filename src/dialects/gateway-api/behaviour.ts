import type { Behaviour } from '../dialect.ts';
import { compile } from './compile.ts';
import { faultBook } from './faults.ts';
import { matcher } from './match.ts';
import { stepsKit } from './steps-kit.ts';
import { tlsMatcher } from './routes/tls-routes.ts';

export const behaviour: Behaviour = {
  kit: { ...stepsKit, matchers: [matcher, tlsMatcher], faultBooks: [faultBook] },
  compile,
  proofs: { 'gateway-api': ['gateway-api/HTTPRouteMatching', 'gateway-api/HTTPRouteReferenceGrant', 'gateway-api/GatewayHTTPListenerIsolation'] },
};
