import { compileRegex } from '../../../matching/regex.ts';

/** Variables of a path, or undefined where it is another. */
export type TemplateMatch = (path: string) => Readonly<Record<string, string>> | undefined;

const variable = /\{([-_.~0-9a-zA-Z]+)(?:=([-_.~*/0-9a-zA-Z]+))?\}/g;
const literal = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/**
 * A path of google.api.http: `/v1/{name}`, `/v1/{name=shelves/*}`, `/v1/{rest=**}`. Values stay as they stand, undecoded. Variables are
 * whole segments and `**` stands once, as that grammar has it: matching takes linear time so.
 * @throws SyntaxError
 */
export function compileTemplatePath(template: string): TemplateMatch {
  if (/\*\*[\s\S]*\*\*/.test(template) || /[^/]\{|\}[^/:]/.test(template))
    throw new SyntaxError(`in the path ${JSON.stringify(template)} a variable is no whole segment, or ** stands twice`);
  const names: string[] = [];
  let source = '^';
  let at = 0;
  for (const found of template.matchAll(variable)) {
    const [whole, name = '', segments] = found;
    source += literal(template.slice(at, found.index));
    at = found.index + whole.length;
    names.push(name);
    source +=
      segments === undefined
        ? '([^/]+)'
        : `(${segments
            .split(/(\*\*|\*)/)
            .map((part) => (part === '**' ? '.+' : part === '*' ? '[^/]+' : literal(part)))
            .join('')})`;
  }
  const expression = compileRegex(`${source}${literal(template.slice(at))}$`);
  return (path) => {
    const values = expression.exec(path);
    return values === null ? undefined : Object.fromEntries(names.map((name, index) => [name, values[index + 1] ?? '']));
  };
}
