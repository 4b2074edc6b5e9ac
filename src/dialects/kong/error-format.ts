import { isGrpc } from './grpc-answer.ts';

/** Templates of `error_template_html`, `_json`, `_plain` and `_xml` of kong.conf. */
export type ErrorTemplates = Partial<Readonly<Record<'html' | 'json' | 'plain' | 'xml', string>>>;
type FormatName = keyof ErrorTemplates | 'grpc';

const escapeMarkup = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const quoteJson = (text: string): string => JSON.stringify(text).slice(1, -1);

/** Types and templates are those of kong.tools.http. */
const formats: Readonly<Record<FormatName, { readonly type: string; readonly template: string; readonly quote: (text: string) => string }>> = {
  json: { type: 'application/json; charset=utf-8', template: '{\n  "message":"%s",\n  "request_id":"%s"\n}', quote: quoteJson },
  plain: { type: 'text/plain; charset=utf-8', template: '%s\nrequest_id: %s\n', quote: (text) => text },
  html: {
    type: 'text/html; charset=utf-8',
    template:
      '<!doctype html>\n<html>\n  <head>\n    <meta charset="utf-8">\n    <title>Error</title>\n  </head>\n  <body>\n    <h1>Error</h1>\n    <p>%s.</p>\n    <p>request_id: %s</p>\n  </body>\n</html>\n',
    quote: escapeMarkup,
  },
  xml: {
    type: 'application/xml; charset=utf-8',
    template: '<?xml version="1.0" encoding="UTF-8"?>\n<error>\n  <message>%s</message>\n  <requestid>%s</requestid>\n</error>\n',
    quote: escapeMarkup,
  },
  grpc: { type: 'application/grpc', template: '', quote: (text) => text },
};

const byType: Readonly<Record<string, FormatName>> = {
  'application/grpc': 'grpc',
  'text/html': 'html',
  'application/json': 'json',
  'text/plain': 'plain',
  'application/xml': 'xml',
  'text/*': 'plain',
};

const range =
  /^([a-z\d][\w!#$&^+.-]*\/(?:\*|[a-z\d][\w!#$&^+.-]*)|\*\/\*)(?:\s*;\s*q=(1(?:\.0{0,3})?|0(?:\.\d{0,3})?)|\s*;\s*[a-z\d][\w!#$&^+.-]*(?:=[^;]*)?)*/i;

/** The format that an Accept field asks for (get_response_type): the first of the highest quality; one that is not known is JSON. */
function wanted(accept: string): FormatName {
  let best: FormatName = 'json';
  let most = 0;
  for (const one of accept.split(',')) {
    const match = range.exec(one.trim());
    const quality = Number(match?.[2] ?? 1);
    if (match === null || quality <= most) continue;
    most = quality;
    best = byType[match[1] as string] ?? 'json';
  }
  return best;
}

/** What chooses the format: Accept and Content-Type of the request, and the default where nginx below Kong answers. */
export interface Wishes {
  readonly accept: string | undefined;
  readonly contentType: string | undefined;
  readonly byNginx: string | null;
}

/** `kong.response.error` looks at Accept; the handler for nginx's own errors (kong.error_handlers) at Content-Type and its default too. */
export function errorFormat({ accept, contentType, byNginx }: Wishes, templates: ErrorTemplates): ErrorFormat {
  const asked = byNginx === null ? accept : (accept ?? contentType ?? byNginx);
  const name = isGrpc(contentType) ? 'grpc' : asked === undefined ? 'json' : wanted(asked);
  const { type, template, quote } = formats[name];
  const own = name === 'grpc' ? undefined : templates[name];
  return { type, render: (message, id) => fill(own ?? template, [quote(message), id]) };
}

export interface ErrorFormat {
  readonly type: string;
  readonly render: (message: string, id: string) => string;
}

/** `string.format` with texts: each `%s` takes the next one. */
function fill(template: string, texts: readonly string[]): string {
  let at = 0;
  return template.replaceAll(/%([s%])/g, (_, what: string) => (what === '%' ? '%' : (texts[at++] ?? '')));
}
