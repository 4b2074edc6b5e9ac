import { documented } from './documented.ts';
import type { KongPlugin } from './plugin.ts';
import { cachePlugin, readProxyCache } from './proxy-cache.ts';

/** Kong Enterprise: proxy-cache, which may also keep responses in Redis. */
export const proxyCacheAdvanced: KongPlugin = cachePlugin('proxy-cache-advanced', (setting) => {
  const config = setting.approximately(documented);
  const strategy = config.get('strategy');
  if (!strategy.exists) config.problem('DG1204', `${config.name} has no strategy`, 'expected strategy: memory or redis; required field missing');
  if (strategy.oneOf('memory', 'redis') === 'redis') strategy.approximately(`${documented}; kept in this process`).string();
  config.get('redis').ignored('responses are kept in this process');
  config.get('bypass_on_err').ignored('keeping responses in this process does not fail');
  return readProxyCache(config);
});
