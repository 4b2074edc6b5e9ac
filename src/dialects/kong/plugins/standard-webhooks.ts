import { createHmac, timingSafeEqual } from 'node:crypto';
import { refuse } from '../../../engine/outcome.ts';
import { kongError } from '../faults.ts';
import { luaNumber, luaToNumber } from '../lua/numbers.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface StandardWebhooks {
  readonly secret: string;
  readonly toleranceSeconds: number;
}
const bodyLimit = 10 * 1024 * 1024;

/** Source: kong/plugins/standard-webhooks/internal.lua. A timestamp in the future is as good as a present one. */
export const standardWebhooks: KongPlugin = definePlugin<StandardWebhooks>({
  name: 'standard-webhooks',
  read(config) {
    const secret = config.get('secret_v1').string();
    if (secret === undefined) config.problem('DG1204', `${config.name} has no secret_v1`, 'expected the secret that webhooks are signed with');
    return { access: { secret: secret ?? '', toleranceSeconds: config.get('tolerance_second').number({ integer: true, min: 0 }) ?? 300 } };
  },
  access({ secret, toleranceSeconds }, { clock }) {
    const refusal = refuse(kongError(400, 'Bad request'));
    return (exchange) => {
      const { headers } = exchange.arrived;
      const [id, signature, sent] = ['webhook-id', 'webhook-signature', 'webhook-timestamp'].map((name) => headers.get(name));
      if (id === undefined || signature === undefined || sent === undefined) return refusal;
      const timestamp = luaToNumber(sent) ?? 0;
      if ((exchange.clock ?? clock).now() / 1000 - timestamp > toleranceSeconds || exchange.body.isEmpty) return refusal;
      return exchange.body.whole(bodyLimit).then((body) => {
        if (body.length === 0) return refusal;
        const mac = createHmac('sha256', secret)
          .update(`${id}.${luaNumber(timestamp)}.`, 'latin1')
          .update(body)
          .digest('base64');
        const [expected, given] = [Buffer.from(`v1,${mac}`), Buffer.from(signature, 'latin1')];
        return expected.length === given.length && timingSafeEqual(expected, given) ? undefined : refusal;
      });
    };
  },
});
