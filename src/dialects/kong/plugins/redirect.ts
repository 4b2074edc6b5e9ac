import { refuse } from '../../../engine/outcome.ts';
import { kongExit } from '../faults.ts';
import { normalizeUri } from '../router/uri.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface Redirect {
  readonly status: number;
  readonly location: string;
  readonly keepPath: boolean;
}

/** Source: kong/plugins/redirect/handler.lua; URLs are put together as the WHATWG standard has it, there as here. */
export const redirect: KongPlugin = definePlugin<Redirect>({
  name: 'redirect',
  read(config) {
    const location = config.get('location').string();
    if (location === undefined) config.problem('DG1204', `${config.name} has no location`, 'expected a URL such as https://example.com/new');
    else if (!/^[a-z][a-z\d+.-]*:\/\/[^/?#]/i.test(location) || !URL.canParse(location))
      config
        .get('location')
        .problem('DG1203', `${config.get('location').name} is ${JSON.stringify(location)}`, 'expected a URL with scheme and host');
    return {
      access: {
        status: config.get('status_code').number({ min: 100, max: 599, integer: true }) ?? 301,
        location: location ?? '',
        keepPath: config.get('keep_incoming_path').boolean() ?? false,
      },
    };
  },
  access({ status, location, keepPath }) {
    return (exchange) => {
      const [path = '/', query = ''] = exchange.arrived.target.split(/\?(.*)/s);
      const to = keepPath ? withPath(location, normalizeUri(path), query) : location;
      return refuse(kongExit(status, 'redirecting', ['Location', to]));
    };
  },
});

function withPath(location: string, path: string, query: string): string {
  const url = new URL(location);
  url.pathname = path;
  url.search = query;
  return url.href;
}
