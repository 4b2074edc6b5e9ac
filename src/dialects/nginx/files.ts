import { readFileSync, realpathSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import type { Exchange } from '../../engine/exchange.ts';
import type { StepKind } from '../../engine/kit.ts';
import { jumpToRoute, refuse, reply, type Outcome } from '../../engine/outcome.ts';
import { statusFault } from './faults.ts';
import type { StaticOptions } from './options.ts';
import { redirectInside } from './rewrite.ts';
import { stateOf } from './state.ts';
import { compileValue, scopeOf } from './values.ts';
import { escapeUri } from './uri.ts';

/** try_files and static files. Nothing outside the folder of the configuration is ever opened. */
export const filesStep: StepKind<StaticOptions> = {
  kind: 'nginx/files',
  create(options) {
    const scope = scopeOf(options);
    const root = compileValue(scope, options.root);
    const alias = options.alias === null ? null : compileValue(scope, options.alias);
    const tries = options.tryFiles.map((one) => compileValue(scope, one));
    const base = path.resolve(options.folder);
    const place = (uri: string, exchange: Exchange): string =>
      path.resolve(base, `${alias === null ? root(exchange) + uri : alias(exchange) + uri.slice(options.prefix.length)}`);
    const look = (file: string): Stats | undefined => {
      try {
        const real = realpathSync(file);
        const inside = realpathSync(base);
        return real === inside || real.startsWith(inside + path.sep) ? statSync(real) : undefined;
      } catch {
        return undefined;
      }
    };
    return (exchange) => {
      for (const [index, value] of tries.entries()) {
        const uri = value(exchange);
        const name = Buffer.from(uri, 'latin1').toString();
        if (index === tries.length - 1) return fallBack(exchange, uri);
        const found = look(place(name, exchange));
        if (found === undefined || found.isDirectory() !== uri.endsWith('/')) continue;
        exchange.path = uri;
        stateOf(exchange).changed = true;
        break;
      }
      return options.proxied ? undefined : serve(exchange);
    };

    function fallBack(exchange: Exchange, uri: string): Outcome {
      if (uri.startsWith('=')) return refuse(statusFault(Number(uri.slice(1))));
      if (uri.startsWith('@')) return jumpToRoute(`${stateOf(exchange).server}${uri}`);
      const mark = uri.indexOf('?');
      return redirectInside(exchange, mark < 0 ? uri : uri.slice(0, mark), mark < 0 ? '' : uri.slice(mark + 1));
    }

    function serve(exchange: Exchange): Outcome {
      const uri = exchange.path;
      const file = place(Buffer.from(uri, 'latin1').toString(), exchange);
      if (uri.endsWith('/')) {
        for (const name of options.index) {
          if (look(path.join(file, name))?.isFile()) return redirectInside(exchange, uri + name, exchange.query);
        }
        return refuse(statusFault(look(file)?.isDirectory() ? 403 : 404));
      }
      if (exchange.method !== 'GET' && exchange.method !== 'HEAD') return refuse(statusFault(405));
      const found = look(file);
      if (found === undefined) return refuse(statusFault(404));
      if (found.isDirectory()) {
        const query = exchange.query === '' ? '' : `?${exchange.query}`;
        return refuse(statusFault(301, ['Location', `${escapeUri(uri)}/${query}`]));
      }
      const type = options.types[path.extname(file).slice(1).toLowerCase()] ?? options.defaultType;
      const seconds = Math.floor(found.mtimeMs / 1000);
      const headers = ['Content-Type', type, 'Last-Modified', new Date(seconds * 1000).toUTCString()];
      headers.push('ETag', `"${seconds.toString(16)}-${found.size.toString(16)}"`, 'Accept-Ranges', 'bytes');
      return reply(200, headers, readFileSync(file));
    }
  },
};
