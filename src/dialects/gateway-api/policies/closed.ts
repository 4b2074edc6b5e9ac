import type { StepKind } from '../../../engine/kit.ts';
import { refuse } from '../../../engine/outcome.ts';
import { fault } from '../../../model/fault.ts';
import type { Route } from '../../../model/gateway.ts';
import type { Resource } from '../../../sources/kubernetes/resources.ts';
import type { Attachment } from '../routes/attachments.ts';
import { invalid } from '../backends/read-backends.ts';
import type { Guarded } from './read-policies.ts';
import { gatewaysOf, targetOf, type Target } from './targets.ts';

/** Refuses everybody, in the place of a policy that would ask who is there. */
export const closedStep: StepKind<{ readonly what: string }> = {
  kind: 'gateway-api/closed',
  create: ({ what }) => {
    const refusal = refuse(fault('not-implemented', { what }));
    return () => refusal;
  },
};

/** The routes of one rule on a listener, closed where something guards the rule or what it is part of. */
export function closeGuarded(made: readonly Route[], route: Resource, at: number, on: Attachment, guarded: Guarded): readonly Route[] {
  if (guarded.size === 0) return made;
  const target = targetsAround(route, at, on, guarded).find((one) => guarded.has(one));
  const what = target === undefined ? undefined : guarded.get(target);
  if (what === undefined) return made;
  return made.map((one) =>
    route.kind === 'TLSRoute'
      ? { ...one, destination: invalid(`${what} is not mirrored`, route.setting) }
      : { ...one, request: [{ kind: 'gateway-api/closed', options: { what }, origin: one.origin }, ...one.request] },
  );
}

function targetsAround(route: Resource, at: number, { gateway, listener }: Attachment, guarded: Guarded): Target[] {
  const rule = route.spec.get('rules').items()[at];
  const refs = rule?.get('backendRefs').items() ?? [];
  const own = targetOf(route.kind, route.namespace, route.name);
  return [
    gatewaysOf(''),
    gatewaysOf(gateway.namespace),
    targetOf('GatewayClass', '', gateway.className),
    targetOf('Gateway', gateway.namespace, gateway.name),
    listener.owner,
    `${listener.owner}/${listener.name}`,
    // Where no manifest has the Gateway, its one listener stands for all that there are.
    ...(gateway.implied === true ? [...guarded.keys()].filter((one) => one.startsWith(`${listener.owner}/`)) : []),
    own,
    `${own}/${rule?.get('name').string() ?? ''}`,
    ...refs.map((ref) => targetOf('Service', ref.get('namespace').string() ?? route.namespace, ref.get('name').string() ?? '')),
  ];
}
