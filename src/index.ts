import { createGateway as create } from './gateway/create.ts';
import type { ControlOpener, Gateway, GatewayOptions } from './gateway/types.ts';

/** The control API, and Express with it, is loaded only where it is asked for. */
const openControl: ControlOpener = async (gateway, options) => (await import('./admin/control.ts')).openControl(gateway, options);

/**
 * Starts a gateway from a production configuration.
 * @throws DevgatewayError with every problem of the configuration, each with its file, line and remedy.
 */
export function createGateway(options: GatewayOptions = {}): Promise<Gateway> {
  return create(options, undefined, openControl);
}

export { connectGateway } from './admin/connect/connect.ts';
export type { ConnectOptions, RemoteGateway } from './admin/connect/connect.ts';
export type { RemoteClock, RemoteScope } from './admin/connect/remote-scope.ts';
export type { RemoteTraffic } from './admin/connect/remote-traffic.ts';
export type {
  Control,
  ControlOptions,
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
export type { UnhandledError } from './gateway/unhandled.ts';
export type { BrokenName, TokenOptions } from './identity/mint.ts';
export type { PersonaName } from './identity/personas.ts';
export type { ConfigInput } from './gateway/load.ts';
export { DevgatewayError, isUserError } from './model/error.ts';
export type { Diagnostic, ErrorCode } from './model/error.ts';
export type { FetchHandler, ProxyMiddlewareOptions } from './transport/served-upstream.ts';
export type { RecordedFrame } from './traffic/frames.ts';
export type { Recorded } from './traffic/recording.ts';
export type { Traffic, TrafficFilter, WaitOptions } from './traffic/traffic.ts';
export type { PlannedFault } from './transport/planned-faults.ts';
export type { ContainerSettings, FunctionSettings } from './model/gateway.ts';
export type { LogLevel, LogLine } from './transport/functions/instance.ts';
export type { ContainerTarget, LiveTarget, UpstreamTarget } from './transport/upstreams.ts';
export { defineConfig, type NativeConfig, type NativeConsumer, type NativeRoute } from './dialects/native/config.ts';
