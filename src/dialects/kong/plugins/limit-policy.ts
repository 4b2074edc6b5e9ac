import type { Setting } from '../../../sources/setting.ts';

const redisFields = ['host', 'port', 'username', 'password', 'database', 'timeout', 'ssl', 'ssl_verify', 'server_name'] as const;

/** Where counters are kept: `policy`, and the record `redis` with its older spellings `redis_host`, `redis_port`, ... */
export function readLimitPolicy(config: Setting): void {
  const policy = config.get('policy');
  const redis = config.get('redis');
  const field = (name: (typeof redisFields)[number]): Setting => (redis.get(name).exists ? redis.get(name) : config.get(`redis_${name}`));
  const kind = policy.oneOf('local', 'cluster', 'redis') ?? 'local';
  if (kind !== 'local') policy.approximately('counted in this process').string();
  if (kind === 'redis' && !field('host').exists)
    config.problem('DG1204', `${config.name} counts on Redis and names no host`, 'expected redis.host where policy is redis: required field missing');
  const why = kind === 'redis' ? 'counted in this process' : `no Redis is asked where policy is ${kind}`;
  redis.ignored(why);
  for (const name of redisFields) config.get(`redis_${name}`).ignored(why);
}
