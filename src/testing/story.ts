import type { Recorded } from '../traffic/recording.ts';

/** What became of an exchange, for people: the request, the answer, and what each step said with its line. */
export function storyOf({ request, response, route, decidedBy, steps }: Recorded): string {
  const head = `${request.method} ${request.target} -> ${response.status}, ${route === null ? 'no route' : `route ${route}`}${decidedBy === '' ? '' : `, decided by ${decidedBy}`}`;
  const lines = steps.map(({ kind, message, origin }) => {
    const place = origin === null || origin.file === '' ? '' : `  ${origin.file}:${origin.line}`;
    return `  ${kind}  ${message}${place}`;
  });
  return [head, ...lines].join('\n');
}
