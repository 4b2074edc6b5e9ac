import { acl } from './plugins/acl.ts';
import { aiPromptDecorator } from './plugins/ai-prompt-decorator.ts';
import { aiPromptGuard } from './plugins/ai-prompt-guard.ts';
import { aiPromptTemplate } from './plugins/ai-prompt-template.ts';
import { awsLambda } from './plugins/aws-lambda.ts';
import { azureFunctions } from './plugins/azure-functions.ts';
import { basicAuth } from './plugins/basic-auth.ts';
import { botDetection } from './plugins/bot-detection.ts';
import { correlationId } from './plugins/correlation-id.ts';
import { cors } from './plugins/cors.ts';
import { fileLog } from './plugins/file-log.ts';
import { grpcGateway } from './plugins/grpc-gateway.ts';
import { grpcWeb } from './plugins/grpc-web.ts';
import { hmacAuth } from './plugins/hmac-auth.ts';
import { httpLog } from './plugins/http-log.ts';
import { ipRestriction } from './plugins/ip-restriction.ts';
import { jwt } from './plugins/jwt.ts';
import { keyAuth, keyAuthEnc } from './plugins/key-auth.ts';
import { ldapAuth } from './plugins/ldap-auth.ts';
import { oauth2 } from './plugins/oauth2.ts';
import { openidConnect } from './plugins/openid-connect.ts';
import { opentelemetry } from './plugins/opentelemetry.ts';
import type { KongPlugin } from './plugins/plugin.ts';
import { prometheus } from './plugins/prometheus.ts';
import { proxyCache } from './plugins/proxy-cache.ts';
import { proxyCacheAdvanced } from './plugins/proxy-cache-advanced.ts';
import { rateLimiting } from './plugins/rate-limiting.ts';
import { rateLimitingAdvanced } from './plugins/rate-limiting-advanced.ts';
import { redirect } from './plugins/redirect.ts';
import { requestSizeLimiting } from './plugins/request-size-limiting.ts';
import { requestTermination } from './plugins/request-termination.ts';
import { requestTransformer } from './plugins/request-transformer.ts';
import { requestValidator } from './plugins/request-validator.ts';
import { responseRatelimiting } from './plugins/response-ratelimiting.ts';
import { responseTransformer } from './plugins/response-transformer.ts';
import { session } from './plugins/session.ts';
import { standardWebhooks } from './plugins/standard-webhooks.ts';
import { datadog, loggly, statsd, syslog, tcpLog, udpLog } from './plugins/unsent.ts';
import { zipkin } from './plugins/zipkin.ts';

/** The plugins that are mirrored, in the order in which Kong runs them in every phase: by priority, the highest first. */
export const plugins: readonly (readonly [priority: number, plugin: KongPlugin])[] = [
  [100_001, correlationId],
  [100_000, zipkin],
  [2_500, botDetection],
  [2_000, cors],
  [1_900, session],
  [1_450, jwt],
  [1_400, oauth2],
  [1_250, keyAuth],
  [1_250, keyAuthEnc],
  [1_200, ldapAuth],
  [1_100, basicAuth],
  [1_050, openidConnect],
  [1_030, hmacAuth],
  [999, requestValidator],
  [998, grpcGateway],
  [990, ipRestriction],
  [951, requestSizeLimiting],
  [950, acl],
  [910, rateLimiting],
  [910, rateLimitingAdvanced],
  [900, responseRatelimiting],
  [801, requestTransformer],
  [800, responseTransformer],
  [779, redirect],
  [773, aiPromptTemplate],
  [772, aiPromptDecorator],
  [771, aiPromptGuard],
  [760, standardWebhooks],
  [750, awsLambda],
  [749, azureFunctions],
  [100, proxyCache],
  [100, proxyCacheAdvanced],
  [14, opentelemetry],
  [13, prometheus],
  [12, httpLog],
  [11, statsd],
  [10, datadog],
  [9, fileLog],
  [8, udpLog],
  [7, tcpLog],
  [6, loggly],
  [4, syslog],
  [3, grpcWeb],
  [2, requestTermination],
];
