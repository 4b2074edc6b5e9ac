import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { readTape } from '../../../src/traffic/tape/tape-file.ts';

const child = path.resolve(import.meta.dirname, 'recording-process.mjs');

it('a process that is killed 50 times while it records never leaves a broken tape', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-kill-'));
  let size = 0;
  for (let round = 0; round < 50; round += 1) {
    const recording = spawn(process.execPath, [child, folder, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
    const ended = new Promise((resolve) => recording.once('close', resolve));
    // After another number of writes each time; the next one is under way when the signal comes.
    let lines = 0;
    for await (const _ of createInterface({ input: recording.stdout })) if ((lines += 1) > round % 7) break;
    recording.kill('SIGKILL');
    await ended;
    const entries = readTape(path.join(folder, 'tape.har')) ?? [];
    expect(entries.length).toBeGreaterThanOrEqual(size + lines);
    size = entries.length;
  }
  rmSync(folder, { recursive: true });
}, 300_000);
