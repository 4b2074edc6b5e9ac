import type { Kit } from '../engine/kit.ts';
import { apiKeyKind } from './api-key.ts';
import { basicKind } from './basic.ts';
import { jwtKind } from './jwt/jwt-step.ts';
import { rateLimitFieldsKind } from './rate-limit/rate-limit-fields.ts';
import { rateLimitKind } from './rate-limit/rate-limit-step.ts';
import { scopesKind } from './scopes.ts';

/** The kinds that every dialect may use. The composition root registers them once. */
export const policyKit: Kit = { steps: [jwtKind, apiKeyKind, basicKind, scopesKind, rateLimitKind, rateLimitFieldsKind] };
