import type { Made } from '../tree.ts';
import type { RestCors } from './rest-cors.ts';
import type { Resources, Service } from './service.ts';

/** A method that a plugin lays before a service of AWS. */
export interface ServiceProxy {
  readonly path: string;
  readonly cors: RestCors | undefined;
  readonly method: (place: Readonly<Record<'ResourceId' | 'RestApiId', Made>>) => Resources;
}

export function proxiesOf(_service: Service): readonly ServiceProxy[] {
  return [];
}
