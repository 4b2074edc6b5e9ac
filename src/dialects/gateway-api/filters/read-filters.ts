import type { StepKind } from '../../../engine/kit.ts';
import type { Step } from '../../../model/gateway.ts';
import type { Setting } from '../../../sources/setting.ts';
import type { RuleFacts } from '../backends/resolve.ts';
import { invalidReference } from '../own-faults.ts';
import { readCors } from './cors.ts';
import { readHeaderModifier } from './header-modifier.ts';
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

/** Preflight requests come first; mirrors last, so that they see what the other filters have made of the request. */
export function readFilters(rule: Setting, facts: RuleFacts): FilterSteps {
  const lists = { first: [] as Step[], request: [] as Step[], last: [] as Step[], head: [] as Step[] };
  for (const filter of rule.get('filters').items()) readFilter(filter, facts, lists);
  return { request: [...lists.first, ...lists.request, ...lists.last], head: lists.head };
}

type Lists = Readonly<Record<'first' | 'request' | 'last' | 'head', Step[]>>;

function readFilter(filter: Setting, facts: RuleFacts, { first, request, last, head }: Lists): void {
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
      if (mirror !== null) last.push(step('mirror', mirror));
      return;
    }
    case 'CORS': {
      const cors = readCors(filter.get('cors'));
      first.push(step('cors', cors));
      head.push(step('cors-fields', cors));
      return;
    }
    default: {
      const what = type === undefined ? 'a filter without a type' : `the filter ${type}`;
      filter.warning('DG1208', `${what} is not supported`, 'its requests answer 500');
      filter.ignored('nothing here knows this filter; its requests answer 500');
      first.unshift(step('unknown-filter', { reason: `${what} is not known` }));
    }
  }
}
