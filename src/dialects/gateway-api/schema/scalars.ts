import { table, text, whole, type TableSchema, type TextSchema, type WholeSchema } from './schema.ts';

const label = '[a-z0-9](?:[-a-z0-9]*[a-z0-9])?';
const name = `${label}(?:\\.${label})*`;

/** Sources of patterns: the host that a name of somebody's own begins with, and a name as annotations have it. */
export const hostPrefix: string = `${name}/`;
export const annotationName = '(?:[A-Za-z0-9][-A-Za-z0-9_.]{0,61})?[A-Za-z0-9]';

/** Texts and numbers that several fields have in common. Source: the shared types of the API. */
export const hostname: TextSchema = text({
  min: 1,
  max: 253,
  pattern: new RegExp(`^(?:\\*\\.)?${name}$`),
  expected: 'a host name of lower-case letters without a port, such as www.example.com or *.example.com',
});
/** A host name without a wildcard. */
export const preciseHost: RegExp = new RegExp(`^${name}$`);
export const preciseHostname: TextSchema = text({
  min: 1,
  max: 253,
  pattern: preciseHost,
  expected: 'a host name of lower-case letters without a port and without *, such as www.example.com',
});
export const objectName: TextSchema = text({ min: 1, max: 253 });
export const sectionName: TextSchema = text({
  min: 1,
  max: 253,
  pattern: new RegExp(`^${name}$`),
  expected: 'a name of lower-case letters, digits, - and .',
});
export const namespace: TextSchema = text({
  min: 1,
  max: 63,
  pattern: new RegExp(`^${label}$`),
  expected: 'a name of lower-case letters, digits and -',
});
export const group: TextSchema = text({
  max: 253,
  pattern: new RegExp(`^(?:${name})?$`),
  expected: 'an API group without its version, such as example.com',
});
export const kind: TextSchema = text({ min: 1, max: 63, pattern: /^[a-zA-Z](?:[-a-zA-Z0-9]*[a-zA-Z0-9])?$/, expected: 'a kind, such as Service' });
export const port: WholeSchema = whole({ min: 1, max: 65_535 });
export const headerName: TextSchema = text({ min: 1, max: 256, pattern: /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/, expected: 'the name of a header field' });
/** The characters that end a line are refused by every gateway. */
export const headerValue: TextSchema = text({ min: 1, max: 4096, pattern: /^[^\r\n\0]*$/, expected: 'a value of one line' });
export const duration: TextSchema = text({
  pattern: /^(?:[0-9]{1,5}(?:h|m|s|ms)){1,4}$/,
  expected: 'a duration like 500ms, 10s or 1m30s; 0s switches it off',
});
/** Of implementations. */
export const options: TableSchema = table(
  text({
    min: 1,
    max: 253,
    pattern: new RegExp(`^(?:${hostPrefix})?${annotationName}$`),
    expected: 'a name such as example.com/my-option',
  }),
  text({ max: 4096 }),
  16,
);
