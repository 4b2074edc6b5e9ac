import type { BodyStepKind, StepKind } from '../../engine/kit.ts';
import type { Behaviour } from '../dialect.ts';
import { accessFieldsStep } from './access-fields.ts';
import { balancerLogStep } from './balancer/balanced.ts';
import { balancer } from './balancer/balancer.ts';
import { hashCookieStep } from './balancer/hash-input.ts';
import { retryDestination } from './balancer/tries.ts';
import { byConsumerBody, byConsumerStep } from './by-consumer.ts';
import { closedStep } from './closed.ts';
import { compileKong } from './compile.ts';
import { debugFieldsStep } from './debug-fields.ts';
import { kongFaults } from './faults.ts';
import { headerLinesStep } from './header-lines.ts';
import { ownFieldsStep } from './own-fields.ts';
import { plugins } from './phases.ts';
import { kongMatcher } from './router/match.ts';
import { statusStep } from './status-site.ts';
import { sendStep, upstreamRequestStep } from './upstream-request.ts';

const pluginSteps: readonly StepKind<never>[] = plugins.flatMap(([, { name, rewrite, access, headerFilter, log }]) => {
  const kinds = {
    [`kong/${name}/rewrite`]: rewrite,
    [`kong/${name}`]: access,
    [`kong/${name}/header-filter`]: headerFilter,
    [`kong/${name}/log`]: log,
  };
  return Object.entries(kinds).flatMap(([kind, create]) => (create === undefined ? [] : [{ kind, create }]));
});
const pluginBodies: readonly BodyStepKind<never>[] = plugins.flatMap(([, plugin]) =>
  plugin.bodyFilter === undefined ? [] : [{ kind: `kong/${plugin.name}/body-filter`, create: plugin.bodyFilter }],
);

export const behaviour: Behaviour = {
  kit: {
    matchers: [kongMatcher],
    steps: [
      closedStep,
      statusStep,
      headerLinesStep,
      accessFieldsStep,
      upstreamRequestStep,
      sendStep,
      ownFieldsStep,
      debugFieldsStep,
      byConsumerStep,
      hashCookieStep,
      balancerLogStep,
      ...pluginSteps,
    ],
    bodies: [...pluginBodies, byConsumerBody(pluginBodies)],
    destinations: [balancer, retryDestination],
    faultBooks: [kongFaults],
  },
  compile: compileKong,
  proofs: {
    'kong/route': ['kong-router'],
    'kong/service': ['kong-router'],
    'kong/node': ['kong-router'],
    'kong/upstream': ['kong-balancer'],
    'kong/target': ['kong-balancer'],
    ...Object.fromEntries(plugins.map(([, { name }]) => [`kong/plugins/${name}`, [`kong-plugins/Plugin: ${name}`]])),
  },
};
