import { diagnosticAt, DevgatewayError, type Diagnostic } from '../model/error.ts';
import type { Destination, Gateway, Named, Plan, Route, Site, Step } from '../model/gateway.ts';
import type { BodyStep, Deps, Kit, LinkDeps, LinkedFaultBook, LinkedStep, MatchFunction, Opener } from './kit.ts';

/** A plan with its names resolved to code. */
export interface LinkedPlan {
  readonly request: readonly LinkedStep[];
  readonly destination: { readonly model: Destination; readonly open: Opener } | null;
  readonly head: readonly LinkedStep[];
  readonly body: readonly { readonly step: Step; readonly run: BodyStep }[];
  readonly log: readonly LinkedStep[];
}

/** A site that can run. Programs are never changed: a reload makes new ones. */
export interface SiteProgram {
  readonly site: Site;
  readonly book: LinkedFaultBook;
  readonly arrival: readonly LinkedStep[];
  readonly match: MatchFunction;
  readonly plans: ReadonlyMap<Route, LinkedPlan>;
  readonly routes: ReadonlyMap<string, Route>;
  readonly noRoute: LinkedPlan;
}
export interface Program {
  readonly gateway: Gateway;
  readonly sites: readonly SiteProgram[];
}

type KindTable = { readonly [K in keyof Kit]-?: ReadonlyMap<string, NonNullable<Kit[K]>[number]> };

function tableOf(kits: readonly Kit[]): KindTable {
  const of = <T extends { readonly kind: string }>(pick: (kit: Kit) => readonly T[] | undefined): Map<string, T> => {
    const table = new Map<string, T>();
    for (const kit of kits) {
      for (const one of pick(kit) ?? []) {
        if (table.has(one.kind)) throw new TypeError(`the kind ${one.kind} is registered twice`);
        table.set(one.kind, one);
      }
    }
    return table;
  };
  return {
    matchers: of((kit) => kit.matchers),
    steps: of((kit) => kit.steps),
    bodies: of((kit) => kit.bodies),
    destinations: of((kit) => kit.destinations),
    faultBooks: of((kit) => kit.faultBooks),
  };
}

/**
 * Resolves every name of the model to code and validates every option, once. Nothing is looked up by name later.
 * @throws DevgatewayError with all problems that the kinds found.
 */
export function link(gateway: Gateway, kits: readonly Kit[], deps: Deps): Program {
  const table = tableOf(kits);
  const problems: Diagnostic[] = [];

  function find<T>(from: ReadonlyMap<string, T>, named: Named): T {
    const found = from.get(named.kind);
    if (found === undefined) throw new DevgatewayError(diagnosticAt('DG9001', named.origin, `nothing is registered for the kind ${named.kind}`));
    return found;
  }
  /** Collects what is wrong, so that all problems are shown at once. */
  function attempt<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch (error) {
      if (!(error instanceof DevgatewayError)) throw error;
      problems.push(...error.diagnostics);
      return undefined;
    }
  }
  const linkStep = (step: Step): LinkedStep => ({ step, run: find(table.steps, step).create(step.options as never, linkDeps, step) });
  const linkDestination = (destination: Destination): Opener =>
    find(table.destinations, destination).create(destination.options as never, linkDeps, destination);
  const linkDeps: LinkDeps = { ...deps, link: linkStep, linkAll: (steps) => steps.map(linkStep), linkDestination };

  const all = <T, R>(items: readonly T[], act: (item: T) => R): R[] => items.flatMap((item) => attempt(() => act(item)) ?? []);
  const linkPlan = (plan: Plan): LinkedPlan => {
    const { destination } = plan;
    return {
      request: all(plan.request, linkStep),
      destination: destination === null ? null : (attempt(() => ({ model: destination, open: linkDestination(destination) })) ?? null),
      head: all(plan.head, linkStep),
      body: all(plan.body, (step) => ({ step, run: find(table.bodies, step).create(step.options as never, linkDeps, step) })),
      log: all(plan.log, linkStep),
    };
  };
  const linkSite = (site: Site): SiteProgram | undefined => {
    const book = attempt(() => find(table.faultBooks, site.faults).build(site.faults.options as never, deps));
    const match = attempt(() => find(table.matchers, site.matcher).build(site.matcher.options as never, site.routes, deps));
    const arrival = all(site.arrival, linkStep);
    const plans = new Map(site.routes.map((route) => [route, linkPlan(route)]));
    const noRoute = linkPlan(site.noRoute);
    if (book === undefined || match === undefined) return undefined;
    return { site, book, arrival, match, plans, routes: new Map(site.routes.map((route) => [route.id, route])), noRoute };
  };

  const sites = gateway.sites.flatMap((site) => linkSite(site) ?? []);
  const [first, ...rest] = problems;
  if (first !== undefined) throw new DevgatewayError([first, ...rest]);
  return { gateway, sites };
}
