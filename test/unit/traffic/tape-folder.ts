import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { createGateway, type Gateway, type GatewayOptions, type UpstreamTarget } from '../../../src/index.ts';

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach((one) => rmSync(one, { recursive: true })));

/** A folder of its own for one test. */
export function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'devgateway-tape-'));
  folders.push(made);
  return made;
}

/** Where nobody answers: what comes back nevertheless is from a tape. */
export const down: UpstreamTarget = 'http://127.0.0.1:1';

type Open = (where: string, traffic: GatewayOptions['traffic'], upstream?: UpstreamTarget, more?: GatewayOptions) => Promise<Gateway>;

/** Starts gateways in a folder, with one upstream for all. */
export const opener =
  (base: GatewayOptions = {}): Open =>
  (where, traffic, upstream = down, more = {}) =>
    createGateway({ ...base, folder: where, upstreams: { '*': upstream }, ...more, ...(traffic === undefined ? {} : { traffic }) });
