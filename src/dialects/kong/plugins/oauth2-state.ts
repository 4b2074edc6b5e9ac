import type { Exchange } from '../../../engine/exchange.ts';
import type { Deps } from '../../../engine/kit.ts';

/** What a user has granted to a client. */
export interface Grant {
  /** Null: good for every service (global_credentials). */
  readonly service: string | null;
  /** Id of the client's credential. */
  readonly credential: string;
  readonly userId: string | undefined;
  readonly scope: string | undefined;
}
export interface Code extends Grant {
  readonly code: string;
  /** The plugin that gave it. */
  readonly plugin: string;
  readonly challenge: string | undefined;
}
/** Times in seconds. */
export interface Token extends Grant {
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  /** 0: for ever. */
  readonly expiresIn: number;
  readonly createdAt: number;
}
interface Kept<T> {
  readonly value: T;
  readonly goneAt: number;
}

const most = 10_000;
const codeSeconds = 300;

/** Codes and tokens of one scope, as Kong's database keeps them: they outlast reloads. */
export class OAuth2State {
  readonly #codes = new Map<string, Kept<Code>>();
  readonly #access = new Map<string, Kept<Token>>();
  readonly #refresh = new Map<string, Kept<Token>>();

  addCode(code: Code, now: number): void {
    keep(this.#codes, code.code, { value: code, goneAt: now + codeSeconds });
  }
  code(code: string, now: number): Code | undefined {
    return found(this.#codes, code, now);
  }
  removeCode({ code }: Code): void {
    this.#codes.delete(code);
  }

  /** `seconds`: after so many it is forgotten with its refresh token; 0: never. */
  addToken(token: Token, seconds: number): void {
    const kept = { value: token, goneAt: seconds > 0 ? token.createdAt + seconds : Infinity };
    keep(this.#access, token.accessToken, kept);
    if (token.refreshToken !== undefined) keep(this.#refresh, token.refreshToken, kept);
  }
  token(accessToken: string, now: number): Token | undefined {
    return found(this.#access, accessToken, now);
  }
  tokenToRefresh(refreshToken: string, now: number): Token | undefined {
    return found(this.#refresh, refreshToken, now);
  }
  removeToken({ accessToken, refreshToken }: Token): void {
    this.#access.delete(accessToken);
    if (refreshToken !== undefined) this.#refresh.delete(refreshToken);
  }
}

/** The oldest one makes room. */
function keep<T>(map: Map<string, Kept<T>>, key: string, kept: Kept<T>): void {
  if (map.size >= most) map.delete(map.keys().next().value as string);
  map.set(key, kept);
}
function found<T>(map: ReadonlyMap<string, Kept<T>>, key: string, now: number): T | undefined {
  const kept = map.get(key);
  return kept === undefined || now >= kept.goneAt ? undefined : kept.value;
}

export const stateOf = ({ scope }: Exchange, { memory }: Deps): OAuth2State => memory.get(`${scope}kong:oauth2`, () => new OAuth2State());

export const secondsNow = (exchange: Exchange, { clock }: Deps): number => (exchange.clock ?? clock).now() / 1000;

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** kong.tools.rand.random_string. */
export const randomText = ({ random }: Deps): string => Array.from({ length: 32 }, () => letters[Math.floor(random() * letters.length)]).join('');
