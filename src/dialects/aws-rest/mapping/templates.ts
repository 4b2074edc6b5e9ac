import { inputObject, utilObject, type InputSource } from '../../aws/mapping/functions.ts';
import { parseTemplate } from '../../aws/velocity/parse-template.ts';
import { render } from '../../aws/velocity/render.ts';
import { TemplateFailure, TemplateSyntaxError, type Template } from '../../aws/velocity/syntax.ts';
import type { Setting } from '../../../sources/setting.ts';

/** Reads templates by media type. API Gateway takes one that cannot be read and fails when it is asked: here that is said at once. */
export function readTemplates(setting: Setting): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [type, value] of setting.entries()) {
    const text = value.string() ?? '';
    found[type.toLowerCase()] = text;
    try {
      parseTemplate(text);
    } catch (error) {
      if (!(error instanceof TemplateSyntaxError)) throw error;
      value.warning(
        'DG1203',
        `the mapping template for ${type} cannot be read: ${error.message} (line ${error.line}, column ${error.column} of the template)`,
        'requests that need it are answered 500',
      );
    }
  }
  return found;
}

/** By media type; null for one that cannot be read. */
export type Templates = ReadonlyMap<string, Template | null>;
export const parseTemplates = (texts: Readonly<Record<string, string>>): Templates =>
  new Map(Object.entries(texts).map(([type, text]) => [type, parsed(text)]));

function parsed(text: string): Template | null {
  try {
    return parseTemplate(text);
  } catch (error) {
    if (error instanceof TemplateSyntaxError) return null;
    throw error;
  }
}

/** Renders a mapping template. @throws TemplateFailure */
export function renderMapping(
  template: Template | null,
  input: InputSource,
  context: Map<string, unknown>,
  stage: Readonly<Record<string, string>>,
): string {
  if (template === null) throw new TemplateFailure('it cannot be read');
  const variables = new Map<string, unknown>([
    ['input', inputObject(input)],
    ['util', utilObject],
    ['context', context],
    ['stageVariables', new Map(Object.entries(stage))],
  ]);
  return render(template, variables, { nulls: 'nothing' });
}

/** The template that the client accepts; else JSON's; else the first. */
export function templateFor(templates: Templates, accept: string): readonly [string, Template | null] | undefined {
  for (const type of [accept, 'application/json']) {
    const found = templates.get(type);
    if (found !== undefined) return [type, found];
  }
  return templates.entries().next().value;
}
