// oxlint-disable-next-line no-control-regex -- these end a field
const control = /[\0-\u0008\n-\u001f\u007f]/g;

/** A value that plugins make, as OpenResty puts it into a field: what would end it is escaped. */
export const headerValue = (value: string): string =>
  value.replaceAll(control, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
