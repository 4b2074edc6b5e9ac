export { createGateway } from './gateway/create.ts';
export type {
  Explanation,
  FetchOptions,
  Fidelity,
  FidelityLeaf,
  Gateway,
  GatewayOptions,
  ListenerInfo,
  ListenerQuery,
  RawRequest,
  RouteInfo,
  Scope,
} from './gateway/types.ts';
export type { BrokenName, TokenOptions } from './identity/mint.ts';
export type { PersonaName } from './identity/personas.ts';
export type { ConfigInput } from './gateway/load.ts';
export { DevgatewayError, isUserError } from './model/error.ts';
export type { Diagnostic, ErrorCode } from './model/error.ts';
export type { FetchHandler, ProxyMiddlewareOptions } from './transport/served-upstream.ts';
export type { Recorded } from './traffic/recording.ts';
export type { Traffic, TrafficFilter, WaitOptions } from './traffic/traffic.ts';
export type { PlannedFault } from './transport/planned-faults.ts';
export type { LiveTarget, UpstreamTarget } from './transport/upstreams.ts';
export { defineConfig, type NativeConfig, type NativeConsumer, type NativeRoute } from './dialects/native/config.ts';
