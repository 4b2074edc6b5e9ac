import { refuse } from '../../../engine/outcome.ts';
import { kongExit } from '../faults.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface Redirect {
  readonly status: number;
  readonly location: string;
  readonly keepPath: boolean;
}

/** Source: kong/plugins/redirect/handler.lua. */
export const redirect: KongPlugin = definePlugin<Redirect>({
  name: 'redirect',
  read: (config) => ({
    access: {
      status: config.get('status_code').number({ min: 100, max: 599 }) ?? 301,
      location: config.get('location').string() ?? '',
      keepPath: config.get('keep_incoming_path').boolean() ?? false,
    },
  }),
  access({ status, location, keepPath }) {
    const base = URL.canParse(location) ? new URL(location) : null;
    return (exchange) => {
      // The host of the location, with the path and query of the request.
      const to = keepPath && base !== null ? `${base.protocol}//${base.host}${exchange.arrived.target}` : location;
      return refuse(kongExit(status, null, ['Location', to]));
    };
  },
});
