import type { StepKind } from '../../../engine/kit.ts';
import { mergeSlashes, removeDotSegments } from '../../../http/path.ts';

/**
 * The path that routes are chosen by, and that backends get. The specification leaves it open: Envoy Gateway and kgateway take dot segments
 * out, merge slashes and read a backslash as one; what is escaped otherwise stays as it was sent.
 */
export function normalPath(path: string): string {
  if (!path.startsWith('/') || !/\\|\/(?:\/|\.|%2e)/i.test(path)) return path;
  const slashes = path.replaceAll('\\', '/');
  const dots = slashes.replaceAll(/\/(?:\.|%2e){1,2}(?=\/|$)/gi, (segment) => segment.replaceAll(/%2e/gi, '.'));
  return mergeSlashes(removeDotSegments(dots));
}

export const pathNormalisation: StepKind<null> = {
  kind: 'gateway-api/normal-path',
  create: () => (exchange) => {
    exchange.path = normalPath(exchange.path);
    return undefined;
  },
};
