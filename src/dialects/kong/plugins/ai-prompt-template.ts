import { encodeCjson } from '../cjson.ts';
import { badRequest, onlyJson, readLimits, readRequest, textUpTo, type AiLimits } from './ai-request.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface PromptTemplates {
  readonly templates: readonly (readonly [name: string, text: string])[];
  readonly allowOthers: boolean;
  readonly limits: AiLimits;
}

/** Source: kong/plugins/ai-prompt-template. */
export const aiPromptTemplate: KongPlugin = definePlugin<PromptTemplates>({
  name: 'ai-prompt-template',
  read(config, { node }) {
    const templates = config.get('templates');
    if (!templates.exists) config.problem('DG1204', `${config.name} has no templates`, 'expected a list of name and template');
    config.get('log_original_request').ignored('the original request is not put into the entries of log plugins here');
    return {
      access: {
        templates: templates.items().map((one) => [textUpTo(one.get('name'), Infinity), textUpTo(one.get('template'), Infinity)] as const),
        allowOthers: config.get('allow_untemplated_requests').boolean() ?? true,
        limits: readLimits(config, node.bodyBuffer),
      },
    };
  },
  access(options) {
    const templates = new Map(options.templates.toReversed());
    return async (exchange) => {
      const request = await readRequest(exchange, options.limits, 'json');
      if (request === undefined) return onlyJson;
      const [messages, prompt] = [request['messages'], request['prompt']].map((one) => (one === false ? undefined : one));
      if (messages !== undefined && prompt !== undefined) return badRequest("cannot run 'messages' and 'prompt' templates at the same time");
      const reference = messages ?? prompt;
      if (messages === undefined && prompt === undefined)
        return badRequest("only 'llm/v1/chat' and 'llm/v1/completions' formats are supported for templating");
      const name = typeof reference === 'string' ? /^\{template:\/\/([\s\S]*)\}$/.exec(reference)?.[1] : undefined;
      if (name === undefined) return options.allowOthers ? undefined : badRequest('this LLM route only supports templated requests');
      const template = templates.get(name);
      if (template === undefined) return badRequest(`could not find template name [${name}]`);
      const rendered = render(template, request['properties'] ?? {});
      if ('problem' in rendered) return badRequest(rendered.problem);
      const body = Buffer.from(rendered.text);
      exchange.body.replace(body);
      exchange.outgoing.headers.set('Content-Length', String(body.length));
      return undefined;
    };
  },
});

const typeNames: Readonly<Record<string, string>> = { number: 'number', boolean: 'boolean', object: 'table' };

/** Puts properties into `{{name}}`, escaped as in a text of JSON. What is still open then, also by what was put in, is missing. */
function render(template: string, properties: unknown): { readonly text: string } | { readonly problem: string } {
  if (typeof properties !== 'object' || properties === null || (Array.isArray(properties) && properties.length > 0))
    return { problem: 'properties must be an object' };
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value !== 'string')
      return { problem: `property values must be a string, got ${value === null ? 'userdata' : (typeNames[typeof value] ?? '')}` };
    values.set(name, encodeCjson(value).slice(1, -1));
  }
  const open = /\{\{([A-Za-z\d_]+)\}\}/g;
  const text = template.replaceAll(open, (whole, name: string) => values.get(name) ?? whole);
  const missing = new Set([...text.matchAll(open)].map(([, name]) => `[${name as string}]`));
  return missing.size === 0 ? { text } : { problem: `missing template parameters: ${[...missing].join(', ')}` };
}
