import type { TestTokens, TokenShape } from '../engine/test-tokens.ts';
import { mint, sign, unboundShape, type TokenOptions } from './mint.ts';
import { kidPrefix, testAlgorithms, type TestAlgorithm, type TestKeys } from './test-keys.ts';

/** The test keys of one gateway, and what its configuration expects of tokens. */
export class TestIdentity implements TestTokens {
  readonly keys: TestKeys;
  #shapes: readonly TokenShape[] = [];
  #collecting: TokenShape[] = [];

  constructor(keys: TestKeys) {
    this.keys = keys;
  }

  /** Links a program with `link` and takes over what it expects; where that fails, what was expected before stays. */
  collect<T>(link: () => T): T {
    this.#collecting = [];
    const linked = link();
    this.#shapes = this.#collecting;
    return linked;
  }

  expects(shape: TokenShape): void {
    this.#collecting.push(shape);
  }

  keyFor({ alg, kid }: { readonly alg: string; readonly kid?: string }): ReturnType<TestTokens['keyFor']> {
    if (kid === undefined || !kid.startsWith(kidPrefix)) return undefined;
    // Keys are made for those who mint, not for whoever sends a name.
    const key = this.#has(alg) ? this.keys.known(alg) : undefined;
    return key?.kid === kid ? key.verify : null;
  }

  #has(algorithm: string): algorithm is TestAlgorithm {
    return (testAlgorithms as readonly string[]).includes(algorithm);
  }

  /** What the configuration expects of tokens; empty where it asks for none. */
  get shapes(): readonly TokenShape[] {
    return this.#shapes;
  }

  /** A token with these claims and no other, by the algorithm that its header names as far as there is a test key for it. */
  resign(header: Readonly<Record<string, unknown>>, claims: Readonly<Record<string, unknown>>): Promise<string> {
    const issuer = this.#shapes.find((one) => one.issuer !== undefined && one.issuer === claims['iss']) ?? unboundShape;
    return sign(issuer, header, claims, this.keys);
  }

  /** That of the first policy which names one. */
  get issuer(): string | undefined {
    return this.#shapes.find(({ issuer }) => issuer !== undefined)?.issuer;
  }

  /** `now` in ms. With an issuer among the claims, for the policy of that issuer; else for the first policy. */
  token(claims: Readonly<Record<string, unknown>>, options: TokenOptions, now: number): Promise<string> {
    const shape = this.#shapes.find((one) => one.issuer !== undefined && one.issuer === claims['iss']) ?? this.#shapes[0] ?? unboundShape;
    return mint(shape, claims, options, this.keys, now);
  }
}
