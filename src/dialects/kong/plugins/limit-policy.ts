import type { Exchange } from '../../../engine/exchange.ts';
import type { Deps } from '../../../engine/kit.ts';
import type { Store, StoreServer } from '../../../engine/store.ts';
import type { Setting } from '../../../sources/setting.ts';

/** Where counters are kept. */
export interface LimitPolicy {
  readonly kind: 'local' | 'cluster' | 'redis';
  /** Of `redis`. */
  readonly server: StoreServer | null;
  /** Whether a request passes, uncounted, where the server fails. */
  readonly tolerant: boolean;
}

/** `policy`, and the record `redis` with its older spellings `redis_host`, `redis_port`, ... */
export function readLimitPolicy(config: Setting): LimitPolicy {
  const policy = config.get('policy');
  const kind = policy.oneOf('local', 'cluster', 'redis') ?? 'local';
  const tolerant = config.get('fault_tolerant');
  if (kind === 'cluster') policy.approximately('counted in this process: there is no database').string();
  if (kind !== 'redis') {
    for (const setting of [config.get('redis'), ...redisFields.map((name) => config.get(`redis_${name}`))])
      setting.ignored(`no Redis is asked where policy is ${kind}`);
    tolerant.ignored('counting in this process does not fail');
    return { kind, server: null, tolerant: true };
  }
  policy.approximately('counted on the Redis that an upstream redis://... stands for; without one, in this process').string();
  return { kind, server: readServer(config), tolerant: tolerant.boolean() ?? true };
}

const redisFields = ['host', 'port', 'username', 'password', 'database', 'timeout', 'ssl', 'ssl_verify', 'server_name'] as const;

function readServer(config: Setting): StoreServer {
  for (const name of redisFields) readOlder(config, name);
  const server = readRedis(config.get('redis'), (name) => config.get(`redis_${name}`));
  if (server.host === '')
    config.problem('DG1204', `${config.name} counts on Redis and names no host`, 'expected redis.host where policy is redis: required field missing');
  return server;
}

/** Both spellings may stand there, if they say the same. */
function readOlder(config: Setting, name: string): void {
  const [own, older] = [config.get('redis').get(name), config.get(`redis_${name}`)];
  if (!own.exists || !older.exists) return;
  const [first, second] = [older.string(), own.string()];
  if (first === second) return;
  const message = `both deprecated and new field are used but their values mismatch: redis_${name} = ${first} vs redis.${name} = ${second}`;
  older.problem('DG1206', message, `expected one of redis_${name} and redis.${name}`);
}

/** A record `redis`; `older` is where a field may stand instead. Its host is empty where a cluster or a sentinel is named. */
export function readRedis(redis: Setting, older?: (name: string) => Setting): StoreServer {
  const field = (name: string): Setting => (older === undefined || redis.get(name).exists ? redis.get(name) : older(name));
  for (const name of ['ssl', 'ssl_verify', 'server_name']) field(name).ignored('the upstream that stands for it says how it is reached');
  return {
    host: field('host').string() ?? '',
    port: field('port').number({ min: 0, max: 65_535, integer: true }) ?? 6379,
    username: field('username').string() ?? '',
    password: field('password').string() ?? '',
    database: field('database').number({ min: 0, integer: true }) ?? 0,
    timeoutMs: field('timeout').number({ min: 1 }) ?? 2_000,
  };
}

/** The store of a policy, which may change while the program runs: what stands for a server is looked up for each request. */
export const storeOf = ({ server }: Pick<LimitPolicy, 'server'>, { store, storeAt }: Pick<Deps, 'store' | 'storeAt'>): (() => Store) =>
  server === null ? () => store : () => storeAt(server) ?? store;

/** The server of the policy failed: the request passes, uncounted, or breaks. @throws the error */
export function failed({ tolerant }: LimitPolicy, exchange: Exchange, error: unknown): undefined {
  if (!tolerant) throw error;
  exchange.note(`not limited: ${error instanceof Error ? error.message : String(error)}`);
}
