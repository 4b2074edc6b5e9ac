import { javaText, jsonText, type HostObject } from '../velocity/java-values.ts';
import { TemplateFailure } from '../velocity/syntax.ts';
import { parseJson } from './json.ts';
import { JsonPathError, readPath } from './json-path.ts';

/** What `$input` reads from. */
export interface InputSource {
  readonly body: string;
  readonly path: ReadonlyMap<string, string>;
  readonly querystring: ReadonlyMap<string, string>;
  readonly header: ReadonlyMap<string, string>;
}

/** `$input`. An empty body counts as `{}`; one that is no JSON is a text. Source: recorded answers; the developer guide, mapping template variables. */
export function inputObject({ body, path, querystring, header }: InputSource): HostObject {
  const text = body === '' ? '{}' : body;
  let document: { readonly value: unknown } | undefined;
  const at = (expression: unknown): unknown => {
    document ??= { value: parseJson(text) ?? text };
    try {
      return readPath(javaText(expression), document.value);
    } catch (error) {
      if (error instanceof JsonPathError) throw new TemplateFailure(error.message);
      throw error;
    }
  };
  const places = { path, querystring, header } as const;
  return {
    javaMethods: {
      getBody: () => text,
      path: (expression) => at(expression) ?? null,
      json: (expression) => {
        const found = at(expression);
        return found === undefined ? '""' : jsonText(found);
      },
      params: (name) => {
        if (name === undefined) return new Map(Object.entries(places).map(([place, values]) => [place, new Map(values)]));
        const key = javaText(name);
        return path.get(key) ?? querystring.get(key) ?? headerValue(header, key) ?? '';
      },
    },
    toString: () => '$input',
  };
}

function headerValue(header: ReadonlyMap<string, string>, name: string): string | undefined {
  const exact = header.get(name);
  if (exact !== undefined) return exact;
  for (const [key, value] of header) if (key.toLowerCase() === name.toLowerCase()) return value;
  return undefined;
}

/** A form's encoding: a space is a plus. */
const urlEncode = (text: string): string =>
  encodeURIComponent(text)
    .replaceAll(/[!'()~]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');

function urlDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new TemplateFailure(`${JSON.stringify(text.slice(0, 100))} is not URL encoded`);
  }
}

const controls: Readonly<Record<string, string>> = { '\b': '\\b', '\t': '\\t', '\n': '\\n', '\f': '\\f', '\r': '\\r' };
/** Both quotes, the backslash, the slash's neighbours: as commons-lang's escapeJavaScript, which leaves `/` alone here. */
const escapeJavaScript = (text: string): string =>
  text.replaceAll(/["'\\]|[^ -~]/g, (char) => (/["'\\]/.test(char) ? `\\${char}` : (controls[char] ?? unicodeEscape(char))));
const unicodeEscape = (char: string): string =>
  Array.from({ length: char.length }, (_, at) => `\\u${char.charCodeAt(at).toString(16).toUpperCase().padStart(4, '0')}`).join('');

/** `$util`. */
export const utilObject: HostObject = {
  javaMethods: {
    escapeJavaScript: (value) => (value === null ? null : escapeJavaScript(javaText(value))),
    parseJson: (text) => {
      const value = parseJson(javaText(text));
      if (value === undefined) throw new TemplateFailure('$util.parseJson was given no JSON');
      return value;
    },
    urlEncode: (text) => (text === null ? '' : urlEncode(javaText(text))),
    urlDecode: (text) => (text === null ? '' : urlDecode(javaText(text))),
    base64Encode: (text) => Buffer.from(text === null ? '' : javaText(text)).toString('base64'),
    base64Decode: (text) => Buffer.from(text === null ? '' : javaText(text), 'base64').toString('utf8'),
  },
  toString: () => '$util',
};
