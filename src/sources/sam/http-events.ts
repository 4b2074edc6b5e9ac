import type { Setting } from '../setting.ts';
import type { ApiEvent } from './model.ts';

/** An event of a function, as a route of its API. */
export interface EventRoute {
  readonly event: ApiEvent;
  readonly path: string;
  /** As it stands in a document. */
  readonly method: string;
  /** `GET /pets`, or `$default`. */
  readonly key: string;
}

export const anyMethod = 'x-amazon-apigateway-any-method';
/** As SAM writes the name of a method into a document. */
export const methodOf = (name: string): string => (name.toLowerCase() === 'any' ? anyMethod : name.toLowerCase());

/**
 * The routes of events: without path and method it is `$default`. `alone`: SAM makes the whole document, so that two events must not be the
 * same route; with a document of the user's own, that says what is done there. Source: samtranslator, implicit_http_api_plugin.py.
 */
export function routesOf(events: readonly ApiEvent[], body: Setting, alone: boolean): readonly EventRoute[] {
  const seen = new Set<string>();
  return events.flatMap((event) => {
    const { setting } = event;
    if (setting.exists && setting.kind !== 'map') return (setting.problem('DG1202', `Properties of the event ${event.name} are no map`), []);
    const [path, method] = [setting.get('Path'), setting.get('Method')];
    if (path.exists !== method.exists) {
      const missing = path.exists ? 'Method' : 'Path';
      return (setting.problem('DG1204', `the event ${event.name} has no ${missing}`, 'expected both Path and Method, or neither for $default'), []);
    }
    if (path.exists && (path.kind !== 'scalar' || method.kind !== 'scalar')) return (path.string(), method.string(), []);
    const route: EventRoute = {
      event,
      path: path.string() ?? '$default',
      method: methodOf(method.string() ?? 'any'),
      key: `${method.string()?.toUpperCase() ?? ''} ${path.string() ?? '$default'}`.trim(),
    };
    const place = `${route.method} ${route.path}`;
    const taken = seen.has(place) && alone;
    seen.add(place);
    if (taken) return (setting.problem('DG1204', `${route.key} is defined by several events`, 'expected one event for each method of a path'), []);
    const written = body.get('paths').get(route.path).get(route.method);
    if (written.kind === 'scalar' && written.exists)
      return (written.problem('DG1202', `the definition of ${route.key} is ${JSON.stringify(written.string())}`, 'expected a map'), []);
    return [route];
  });
}
