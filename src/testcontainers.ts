/** Upstreams in containers; needs the optional peer `testcontainers`, and Docker. */
export { container } from './testing/containers.ts';
export type { ContainerSettings } from './model/gateway.ts';
export type { ContainerTarget } from './transport/upstreams.ts';
