import { refuse } from '../../../engine/outcome.ts';
import { kongError } from '../faults.ts';
import { luaToNumber } from '../lua/numbers.ts';
import { definePlugin, type KongPlugin } from './plugin.ts';

interface SizeLimit {
  readonly bytes: number;
  readonly lengthRequired: boolean;
}
const units = { megabytes: 1_048_576, kilobytes: 1_024, bytes: 1 } as const;

/** Source: kong/plugins/request-size-limiting/handler.lua. Without a Content-Length the body is read and measured. */
export const requestSizeLimiting: KongPlugin = definePlugin<SizeLimit>({
  name: 'request-size-limiting',
  read: (config) => ({
    access: {
      bytes:
        (config.get('allowed_payload_size').number({ integer: true }) ?? 128) *
        units[config.get('size_unit').oneOf('megabytes', 'kilobytes', 'bytes') ?? 'megabytes'],
      lengthRequired: config.get('require_content_length').boolean() ?? false,
    },
  }),
  access({ bytes, lengthRequired }) {
    return (exchange) => {
      const { headers } = exchange.arrived;
      const over = (): ReturnType<typeof refuse> =>
        refuse(kongError(headers.get('expect')?.trim().toLowerCase() === '100-continue' ? 417 : 413, 'Request size limit exceeded'));
      const length = headers.get('content-length');
      if (length !== undefined && luaToNumber(length) !== undefined) return Number(length) > bytes ? over() : undefined;
      if (lengthRequired) return refuse(kongError(411, 'A valid Content-Length header is required'));
      if (exchange.body.isEmpty) return undefined;
      return exchange.body.whole(Math.max(bytes, 1)).then((read) => (read.length > bytes ? over() : undefined), over);
    };
  },
});
