import type { Kit } from '../../engine/kit.ts';
import { backendHead, filteredBackend, invalidBackend } from './backends/backend.ts';
import { requestDeadline } from './backends/deadline.ts';
import { retryBackend } from './backends/retry.ts';
import { sessionBackend, sessionToken } from './backends/session.ts';
import { weightedBackends } from './backends/weighted.ts';
import { corsFields, corsPreflight } from './filters/cors.ts';
import { externalAuthByGrpc } from './filters/external-auth/by-grpc.ts';
import { externalAuthByHttp } from './filters/external-auth/by-http.ts';
import { externalAuthFields } from './filters/external-auth/changes.ts';
import { requestHeaderModifier, responseHeaderModifier } from './filters/header-modifier.ts';
import { requestMirror } from './filters/mirror.ts';
import { unknownFilter } from './filters/read-filters.ts';
import { closedStep } from './policies/closed.ts';
import { requestRedirect } from './filters/redirect.ts';
import { urlRewrite } from './filters/rewrite.ts';
import { trailersWanted } from './grpc.ts';
import { pathNormalisation } from './matching/normal-path.ts';

/** The kinds that filters and backends are made of. */
export const stepsKit: Kit = {
  steps: [
    pathNormalisation,
    trailersWanted,
    corsPreflight,
    corsFields,
    requestHeaderModifier,
    responseHeaderModifier,
    requestRedirect,
    urlRewrite,
    requestMirror,
    unknownFilter,
    closedStep,
    externalAuthByHttp,
    externalAuthByGrpc,
    externalAuthFields,
    backendHead,
    sessionToken,
  ],
  destinations: [weightedBackends, filteredBackend, invalidBackend, retryBackend, requestDeadline, sessionBackend],
};
