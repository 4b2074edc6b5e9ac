import { refuse } from '../../../engine/outcome.ts';
import type { Setting } from '../../../sources/setting.ts';
import { kongError } from '../faults.ts';
import { compilePcre, readPcres } from '../pcre.ts';
import { botRules } from './bot-rules.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface BotDetection {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

/** Source: kong/plugins/bot-detection/handler.lua. Allowed before denied before what is known as a bot. */
export const botDetection: KongPlugin = definePlugin<BotDetection>({
  name: 'bot-detection',
  read(config) {
    const rules = (name: Setting): string[] => readPcres(name, (text) => `not a valid regex: ${text}`);
    return {
      access: {
        allow: [...rules(config.get('allow')), ...rules(config.get('whitelist'))],
        deny: [...rules(config.get('deny')), ...rules(config.get('blacklist'))],
      },
    };
  },
  access(options) {
    const [allow, deny] = [options.allow, options.deny].map((rules) => rules.map((one) => compilePcre(one))) as [RegExp[], RegExp[]];
    const bots = [...deny, ...botRules];
    return (exchange) => {
      const [agent, ...more] = exchange.arrived.headers.getAll('user-agent');
      if (agent === undefined) return undefined;
      if (more.length > 0) return refuse(kongError(400, 'Only one User-Agent header allowed'));
      const text = agent.trim();
      if (allow.some((rule) => rule.test(text)) || !bots.some((rule) => rule.test(text))) return undefined;
      return refuse(kongError(403, 'Forbidden'));
    };
  },
});
