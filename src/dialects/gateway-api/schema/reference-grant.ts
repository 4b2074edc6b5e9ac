import { group, kind, namespace, objectName } from './scalars.ts';
import { any, list, shape, type Refusal, type Schema } from './schema.ts';

/** Printers leave out what is empty. */
const grouped = ({ group: of, kind: what }: { readonly group?: string; readonly kind: string }): Refusal | undefined =>
  of === undefined ? { what: 'it has no group', expected: `its group, for a ${what} of the core ""`, harmless: true } : undefined;

const from = shape({ group, kind, namespace }, ['group', 'kind', 'namespace']);
const to = shape({ group, kind, name: objectName }, ['kind'], [grouped]);

/** Source: the CRD of ReferenceGrant, which every version has alike, and of ReferencePolicy before it. One without a spec allows nothing. */
export const referenceGrant: Schema = shape({
  apiVersion: any,
  kind: any,
  metadata: any,
  spec: shape({ from: list(from, { min: 1, max: 16 }), to: list(to, { min: 1, max: 16 }) }, ['from', 'to']),
});
