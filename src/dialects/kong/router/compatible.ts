import type { Route } from '../../../model/gateway.ts';
import { anchorsOf } from './atc/anchors.ts';
import { checkExpression } from './atc/check.ts';
import { compileTest, type Findings, type Test } from './atc/evaluate.ts';
import { all, predicate, some, type Expression } from './atc/expression.ts';
import { FieldTable, type FieldValue, type Seen } from './atc/fields.ts';
import { conditionsOf, lacksOf, type Condition } from './atc/lacks.ts';
import { bytesOf } from './bytes.ts';
import type { Contender, Found, Router } from './found.ts';
import { orderedIndex, type MakeIndex } from './ordered-index.ts';
import type { Calculation } from './rank.ts';
import { transform, type Matcher } from './transform.ts';
import { isForHttp, type KongWhen, type RouterFlavor } from './when.ts';

export interface Candidate extends Matcher {
  readonly route: Route;
  readonly test: Test;
}

const drawn = 'ffffffff-ffff-4fff-bfff-';

/** Candidates of the flavors that atc-router serves, the weightiest first; of equal ones the greater id, as in its tree of keys. */
export function candidatesOf(routes: readonly Route[], flavor: RouterFlavor, calculation: Calculation, fields: FieldTable): Candidate[] {
  const made = routes.flatMap((route, index) => {
    const when = route.when as KongWhen;
    if (!isForHttp(when)) return [];
    // Kong has drawn the id by lot. Here the earlier route goes first.
    const id = when.id || `${drawn}${(0xffffffffffff - index).toString(16).padStart(12, '0')}`;
    return transform(when, id, calculation).map((matcher) => ({
      ...matcher,
      route,
      expression: flavor === 'expressions' ? withProtocols(matcher.expression, when) : matcher.expression,
    }));
  });
  return made
    .map((one) => ({ ...one, test: compileTest(one.expression, fields) }))
    .sort((a, b) => (a.priority === b.priority ? (a.id < b.id ? 1 : a.id > b.id ? -1 : 0) : a.priority < b.priority ? 1 : -1));
}

/** Flavor expressions: the protocols are conditions (kong.router.expressions), but for a lone https, which is told to come again by TLS. */
function withProtocols(expression: Expression, { protocols }: KongWhen): Expression {
  if (protocols.length === 1 && protocols[0] === 'https') return expression;
  const schemes: Readonly<Record<string, string>> = { grpc: 'http', grpcs: 'https' };
  return all([expression, some(protocols.map((one) => predicate('net.protocol', '==', schemes[one] ?? one)))]);
}

/** @throws SyntaxError for an expression that Kong would refuse. */
export function checkRoute(when: KongWhen): void {
  for (const { expression } of transform(when, '', 'original')) {
    checkExpression(expression);
    compileTest(expression, new FieldTable());
  }
}

/** The routers `traditional_compatible` and `expressions`. */
export function compatibleRouter(
  routes: readonly Route[],
  flavor: RouterFlavor,
  calculation: Calculation,
  makeIndex: MakeIndex = orderedIndex,
): Router {
  const fields = new FieldTable();
  const candidates = candidatesOf(routes, flavor, calculation, fields);
  const index = makeIndex(candidates.map((one) => anchorsOf(one.expression)));
  const [pathPlace = -1, hostPlace = -1] = [fields.find('http.path'), fields.find('http.host')];
  const find = (seen: Seen): Found | undefined => {
    const values = fields.read(seen);
    if (values === undefined) return undefined;
    let found: Findings = nothing;
    const position = index.first(textOf(values[hostPlace]), textOf(values[pathPlace]), (at) => {
      const findings: Findings = { path: '', captures: null };
      if (!(candidates[at] as Candidate).test(values, findings)) return false;
      found = findings;
      return true;
    });
    return position < 0 ? undefined : { route: (candidates[position] as Candidate).route, ...foundOf(found) };
  };
  // Made when somebody asks for the first time.
  let conditions: readonly (readonly Condition[])[] | null = null;
  const contenders = (seen: Seen): readonly Contender[] => {
    const values = fields.read(seen);
    if (values === undefined) return [];
    conditions ??= candidates.map(({ expression }) => conditionsOf(expression, fields));
    return candidates.map(({ route, reasons, id }, at) => ({
      route,
      reasons: [...reasons, id.startsWith(drawn) ? 'an id drawn by lot' : `the id ${id}`],
      lacks: lacksOf(conditions?.[at] ?? [], values, fields),
    }));
  };
  return { find, contenders, size: candidates.length };
}

const nothing: Findings = { path: '', captures: null };
const textOf = (value: FieldValue): string => (typeof value === 'string' ? value : '');

/** Captures count only where there is one beside the whole (kong.router.atc, has_capture). */
export function foundOf({ path, captures }: Findings): Omit<Found, 'route'> {
  return { matched: bytesOf(path), captures: captures !== null && Object.keys(captures).length > 1 ? captures : noCaptures };
}
export const noCaptures: Readonly<Record<string, string>> = Object.freeze({});
