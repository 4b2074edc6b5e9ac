/** What is spoken on a port, by its `appProtocol` in lower case (GEP-1911; names of IANA and of Kubernetes, and what Istio made common). */
interface Spoken {
  readonly http2?: true;
  readonly tls?: true;
  /** No calls of gRPC. */
  readonly websocket?: true;
}
const protocols: ReadonlyMap<string, Spoken> = new Map<string, Spoken>([
  ['', {}],
  ['http', {}],
  ['https', { tls: true }],
  ['h2c', { http2: true }],
  ['http2', { http2: true }],
  ['grpc', { http2: true }],
  ['ws', { websocket: true }],
  ['wss', { websocket: true, tls: true }],
]);

const spokenBy = (appProtocol: string): Spoken | undefined => protocols.get(appProtocol.toLowerCase().replace(/^kubernetes\.io\//, ''));

export const speaksHttp2 = (appProtocol: string): boolean => spokenBy(appProtocol)?.http2 === true;

/** Why a route cannot speak it. Who only passes bytes on asks nothing. TLS takes a BackendTLSPolicy, which says whom to trust. */
export function protocolProblem(appProtocol: string, routeKind: string, byTls: boolean): string | undefined {
  if (routeKind !== 'HTTPRoute' && routeKind !== 'GRPCRoute') return undefined;
  const spoken = spokenBy(appProtocol);
  if (spoken === undefined) return `speaks ${JSON.stringify(appProtocol)}, which no ${routeKind} does`;
  if (spoken.tls === true && !byTls) return `speaks ${appProtocol}, and no BackendTLSPolicy says whom to trust there`;
  return spoken.websocket === true && routeKind === 'GRPCRoute' ? `speaks ${appProtocol}, which no GRPCRoute does` : undefined;
}
