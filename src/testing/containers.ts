import type { ContainerSettings } from '../model/gateway.ts';
import type { ContainerTarget } from '../transport/upstreams.ts';

/** An upstream in a container: started at the first request for it, stopped when the gateway is closed. */
export const container = (settings: ContainerSettings): ContainerTarget => ({ container: settings });
