import type { StepKind } from '../../../engine/kit.ts';
import type { Step } from '../../../model/gateway.ts';
import type { Setting } from '../../../sources/setting.ts';
import type { RuleFacts } from '../backends/resolve.ts';
import { invalidReference } from '../own-faults.ts';
import { readCors } from './cors.ts';
import { readHeaderModifier } from './header-modifier.ts';
import { readExternalAuth } from './external-auth/read.ts';
import { readMirror } from './mirror.ts';
import { readRedirect } from './redirect.ts';
import { readRewrite } from './rewrite.ts';

/** What the filters of a rule or of a reference to a backend do. */
export interface FilterSteps {
  readonly request: readonly Step[];
  readonly head: readonly Step[];
}

/** A filter that must not be skipped and that nobody here knows: its requests answer 500, as the API asks. */
export const unknownFilter: StepKind<{ readonly reason: string }> = {
  kind: 'gateway-api/unknown-filter',
  create:
    ({ reason }) =>
    () =>
      invalidReference(reason),
};

/**
 * Preflight requests, which bear no credentials, come first, then authorization, which sees the request as it came (as in Envoy). Mirrors come
 * last, so that they see what the other filters have made of the request. What authorization tells the client is laid on the answer last.
 */
export function readFilters(rule: Setting, facts: RuleFacts): FilterSteps {
  const lists: Lists = { preflight: [], auth: [], request: [], mirrors: [], head: [], told: [] };
  for (const filter of rule.get('filters').items()) readFilter(filter, facts, lists);
  return { request: [...lists.preflight, ...lists.auth, ...lists.request, ...lists.mirrors], head: [...lists.head, ...lists.told] };
}

type Lists = Readonly<Record<'preflight' | 'auth' | 'request' | 'mirrors' | 'head' | 'told', Step[]>>;

function readFilter(filter: Setting, facts: RuleFacts, { preflight, auth, request, mirrors, head, told }: Lists): void {
  const { origin } = filter;
  const step = (kind: string, options: unknown): Step => ({ kind: `gateway-api/${kind}`, options, origin });
  const type = filter.get('type').string();
  switch (type) {
    case 'RequestHeaderModifier':
      request.push(step('request-headers', readHeaderModifier(filter.get('requestHeaderModifier'))));
      return;
    case 'ResponseHeaderModifier':
      head.push(step('response-headers', readHeaderModifier(filter.get('responseHeaderModifier'))));
      return;
    case 'RequestRedirect':
      request.push(step('redirect', readRedirect(filter.get('requestRedirect'))));
      return;
    case 'URLRewrite':
      request.push(step('rewrite', readRewrite(filter.get('urlRewrite'))));
      return;
    case 'RequestMirror': {
      const mirror = readMirror(filter.get('requestMirror'), facts);
      if (mirror !== null) mirrors.push(step('mirror', mirror));
      return;
    }
    case 'CORS': {
      const cors = readCors(filter.get('cors'));
      preflight.push(step('cors', cors));
      head.push(step('cors-fields', cors));
      return;
    }
    case 'ExternalAuth': {
      const asks = readExternalAuth(filter.get('externalAuth'), facts);
      auth.push(asks);
      // One lays on the answer what all servers have said.
      if (asks.kind === 'gateway-api/external-auth-grpc' && told.length === 0) told.push(step('external-auth-fields', null));
      return;
    }
    default: {
      const what = type === undefined ? 'a filter without a type' : `the filter ${type}`;
      filter.warning('DG1208', `${what} is not supported`, 'its requests answer 500');
      filter.ignored('nothing here knows this filter; its requests answer 500');
      preflight.unshift(step('unknown-filter', { reason: `${what} is not known` }));
    }
  }
}
