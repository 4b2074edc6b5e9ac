import type { Setting } from '../../../sources/setting.ts';
import { compilePcre, readPcres } from '../pcre.ts';
import { badRequest, itemsUpTo, onlyJson, readFormat, readLimits, readRequest, textUpTo, type AiLimits, type AiRequest } from './ai-request.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface PromptGuard {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
  readonly onlyLatest: boolean;
  readonly allRoles: boolean;
  readonly limits: AiLimits;
}

/** Source: kong/plugins/ai-prompt-guard. It does not say who refused, or why. */
export const aiPromptGuard: KongPlugin = definePlugin<PromptGuard>({
  name: 'ai-prompt-guard',
  read(config, { node }) {
    readFormat(config);
    const patterns = (setting: Setting): string[] => {
      for (const item of itemsUpTo(setting, 10)) textUpTo(item, 500);
      return readPcres(setting, (text) => `bad regex pattern '${text}', failed to execute`);
    };
    const [allow, deny] = [config.get('allow_patterns'), config.get('deny_patterns')];
    if (allow.items().length + deny.items().length === 0)
      config.problem('DG1204', `${config.name} has no patterns`, "at least one of these fields must be non-empty: 'allow_patterns', 'deny_patterns'");
    const onlyLatest = config.get('allow_all_conversation_history').boolean() ?? false;
    const allRoles = config.get('match_all_roles').boolean() ?? false;
    if (allRoles && onlyLatest)
      config
        .get('match_all_roles')
        .problem('DG1206', `${config.get('match_all_roles').name} is true`, 'allow_all_conversation_history must be false then');
    return { access: { allow: patterns(allow), deny: patterns(deny), onlyLatest, allRoles, limits: readLimits(config, node.bodyBuffer) } };
  },
  access(options) {
    const [allow, deny] = [options.allow, options.deny].map((patterns) => patterns.map((one) => compilePcre(one))) as [RegExp[], RegExp[]];
    const refusal = badRequest('bad request');
    return async (exchange) => {
      const request = await readRequest(exchange, options.limits);
      if (request === undefined) return onlyJson;
      const prompt = promptOf(request, options);
      if (prompt === undefined || deny.some((one) => one.test(prompt))) return refusal;
      return allow.length === 0 || allow.some((one) => one.test(prompt)) ? undefined : refusal;
    };
  },
});

/** What is looked at: the newest first, with a space behind each; undefined where the request is none of a chat or a completion. */
function promptOf({ messages, prompt }: AiRequest, { onlyLatest, allRoles }: PromptGuard): string | undefined {
  if (typeof messages !== 'object' || messages === null) return typeof prompt === 'string' ? prompt : undefined;
  let found = '';
  for (const message of (Array.isArray(messages) ? (messages as unknown[]) : []).toReversed()) {
    const { role, content } = (message ?? {}) as { readonly role?: unknown; readonly content?: unknown };
    if (typeof role !== 'string') return undefined;
    if (role !== 'user' && !allRoles) continue;
    if (typeof content !== 'string') return undefined;
    if (onlyLatest) return found + content;
    found += `${content} `;
  }
  return found;
}
