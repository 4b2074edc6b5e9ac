import type { Setting } from '../../../sources/setting.ts';
import { encodeCjson } from '../cjson.ts';
import { badRequest, itemsUpTo, onlyJson, readFormat, readLimits, readRequest, textUpTo, type AiLimits } from './ai-request.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface Message {
  readonly role: string;
  readonly content: string;
}
interface PromptDecorator {
  readonly prepend: readonly Message[];
  readonly append: readonly Message[];
  readonly limits: AiLimits;
}

/** Source: kong/plugins/ai-prompt-decorator. */
export const aiPromptDecorator: KongPlugin = definePlugin<PromptDecorator>({
  name: 'ai-prompt-decorator',
  read(config, { node }) {
    readFormat(config);
    const prompts = config.get('prompts').approximately('the members of the request stay in their order, where production has that of a Lua table');
    const [prepend, append] = [prompts.get('prepend'), prompts.get('append')];
    if (prepend.items().length + append.items().length === 0)
      config.problem(
        'DG1204',
        `${config.name} has no prompts`,
        "at least one of these fields must be non-empty: 'prompts.prepend', 'prompts.append'",
      );
    return { access: { prepend: readMessages(prepend), append: readMessages(append), limits: readLimits(config, node.bodyBuffer) } };
  },
  access({ prepend, append, limits }) {
    const onlyChat = badRequest('this LLM route only supports llm/chat type requests');
    return async (exchange) => {
      const request = await readRequest(exchange, limits);
      if (request === undefined) return onlyJson;
      const { messages } = request;
      if (!Array.isArray(messages) || messages.length === 0) return onlyChat;
      const body = Buffer.from(encodeCjson({ ...request, messages: [...prepend, ...(messages as unknown[]), ...append] }));
      exchange.body.replace(body);
      exchange.outgoing.headers.set('Content-Type', 'application/json');
      exchange.outgoing.headers.set('Content-Length', String(body.length));
      return undefined;
    };
  },
});

const readMessages = (setting: Setting): Message[] =>
  itemsUpTo(setting, 15).map((item) => ({
    role: item.get('role').oneOf('system', 'assistant', 'user') ?? 'system',
    content: textUpTo(item.get('content'), 500),
  }));
