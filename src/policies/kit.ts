import type { Kit } from '../engine/kit.ts';
import { apiKeyStep } from './api-key.ts';
import { basicStep } from './basic.ts';
import { jwtStep } from './jwt/step.ts';
import { rateLimitFields, rateLimitStep } from './rate-limit.ts';
import { scopesStep } from './scopes.ts';

/** The kinds that any dialect may name. */
export const policies: Kit = { steps: [jwtStep, apiKeyStep, basicStep, scopesStep, rateLimitStep, rateLimitFields] };
