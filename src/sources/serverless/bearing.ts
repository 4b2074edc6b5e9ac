import type { Tree } from '../tree.ts';
import { memberOf, type Resolver } from './variables/resolve.ts';

/** What only variables refer to. */
const reservoirs = new Set(['custom', 'params', 'stages']);

/** What says nothing of requests, of the provider and of functions. */
const apart = new Set(
  (
    'iam iamRoleStatements iamManagedPolicies role cfnRole rolePermissionsBoundary vpc kmsKeyArn profile credentials tags stackTags stackName ' +
    'stackPolicy deploymentBucket deploymentPrefix notificationArns rollbackConfiguration logs logRetentionInDays tracing onError destinations ' +
    'fileSystemConfig alarms ecr s3 kinesis'
  ).split(' '),
);
const types = /^AWS::(?:ApiGateway|ApiGatewayV2|Lambda|Cognito|ElasticLoadBalancingV2)::/;

/**
 * The whole of a configuration, its variables resolved. What is not known is told where it may have a bearing on requests; elsewhere a
 * stand-in does, without a word.
 */
export function wholeConfiguration(tree: Tree, resolver: Resolver): Tree {
  for (const [key, value] of partsOf(tree, resolver)) {
    if (reservoirs.has(key)) continue;
    if (key === 'provider') withBearing(value, resolver);
    else if (key === 'functions')
      for (const item of itemsOf(value, resolver)) for (const [, one] of partsOf(item, resolver)) withBearing(one, resolver);
    else if (key === 'resources') for (const item of itemsOf(value, resolver)) resourcesWithBearing(item, resolver);
    else resolver.whole(value);
  }
  resolver.quiet = true;
  return resolver.whole(tree);
}

function withBearing(tree: Tree, resolver: Resolver): void {
  for (const [key, value] of partsOf(tree, resolver)) if (!apart.has(key)) resolver.whole(value);
}

function resourcesWithBearing(tree: Tree, resolver: Resolver): void {
  for (const [key, value] of partsOf(tree, resolver)) {
    if (key !== 'Resources') resolver.whole(value);
    else
      for (const [, resource] of partsOf(value, resolver)) {
        const type = memberOf(resolver.head(resource).tree, 'Type');
        if (type?.kind !== 'scalar' || types.test(String(type.value))) resolver.whole(resource);
      }
  }
}

/** The members of a map, as they are written. */
function partsOf(tree: Tree, resolver: Resolver): (readonly [string, Tree])[] {
  const head = resolver.head(tree).tree;
  return head.kind === 'map' ? [...head.entries].map(([key, { value }]) => [key, value] as const) : [];
}
function itemsOf(tree: Tree, resolver: Resolver): readonly Tree[] {
  const head = resolver.head(tree).tree;
  return head.kind === 'list' ? head.items : [head];
}
