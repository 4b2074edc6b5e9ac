type Render = (message: string, id: string) => string;
export interface ErrorFormat {
  readonly type: string;
  readonly render: Render;
}

const escapeMarkup = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const quoteJson = (text: string): string => JSON.stringify(text).slice(1, -1);

const json: ErrorFormat = {
  type: 'application/json; charset=utf-8',
  render: (message, id) => `{\n  "message":"${quoteJson(message)}",\n  "request_id":"${id}"\n}`,
};
const plain: ErrorFormat = { type: 'text/plain; charset=utf-8', render: (message, id) => `${message}\nrequest_id: ${id}\n` };
const html: ErrorFormat = {
  type: 'text/html; charset=utf-8',
  render: (message, id) =>
    `<!doctype html>\n<html>\n  <head>\n    <meta charset="utf-8">\n    <title>Error</title>\n  </head>\n  <body>\n    <h1>Error</h1>\n    <p>${escapeMarkup(message)}.</p>\n    <p>request_id: ${id}</p>\n  </body>\n</html>\n`,
};
const xml: ErrorFormat = {
  type: 'application/xml',
  render: (message, id) =>
    `<?xml version="1.0" encoding="UTF-8"?>\n<error>\n  <message>${escapeMarkup(message)}</message>\n  <requestid>${id}</requestid>\n</error>\n`,
};
const grpc: ErrorFormat = { type: 'application/grpc', render: () => '' };

/** Most wanted first, by the quality of the Accept field; of equal ones the first. */
function wanted(accept: string): string[] {
  return accept
    .split(',')
    .map((one, index) => {
      const [type = '', ...parameters] = one.split(';').map((part) => part.trim().toLowerCase());
      const quality = parameters.find((part) => /^q\s*=/.test(part))?.replace(/^q\s*=\s*/, '');
      return { type, index, quality: quality === undefined ? 1 : Number(quality) || 0 };
    })
    .filter((one) => one.quality > 0)
    .sort((a, b) => b.quality - a.quality || a.index - b.index)
    .map((one) => one.type);
}

function formatOf(type: string): ErrorFormat | undefined {
  if (type === '*/*' || type === 'application/json' || type === 'application/*') return json;
  if (type === 'text/html') return html;
  if (type === 'application/xml' || type === 'text/xml') return xml;
  if (type === 'text/plain' || type === 'text/*') return plain;
  return type === 'application/grpc' ? grpc : undefined;
}

/** The format of an error: by Accept; without one JSON, or `error_default_type` where nginx below Kong answers. */
export function contentTypeFor(accept: string | undefined, byNginx: string | null): ErrorFormat {
  if (accept === undefined) return byNginx === null ? json : (formatOf(byNginx.split(';')[0] as string) ?? plain);
  for (const type of wanted(accept)) {
    const format = formatOf(type);
    if (format !== undefined) return format;
  }
  return json;
}
