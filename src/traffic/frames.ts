import type { TunnelWatcher } from '../engine/exchange.ts';
import { FrameReader, type Frame } from '../http/websocket-frames.ts';

/** What passed over a WebSocket: a message, or a control frame. */
export interface RecordedFrame extends Frame {
  readonly from: 'client' | 'upstream';
  /** In ms of the gateway's clock. */
  readonly at: number;
}

/** Of one connection, both directions together. */
const mostFrames = 1_000;
const maxBytes = 1_048_576;
/** Of each piece that is kept: what is sent byte by byte must not cost a hundred times its size. */
const pieceCost = 64;

/** Keeps what passes over a WebSocket: the first thousand frames, and the first megabyte of what is in them. */
export class Frames implements TunnelWatcher {
  readonly all: RecordedFrame[] = [];
  readonly #client: FrameReader;
  readonly #upstream: FrameReader;
  #room = maxBytes;

  constructor(now: () => number) {
    const readerOf = (from: RecordedFrame['from']): FrameReader =>
      new FrameReader(
        (frame) => {
          if (this.all.length < mostFrames) this.all.push({ from, at: now(), ...frame });
        },
        (bytes) => this.#take(bytes),
      );
    this.#client = readerOf('client');
    this.#upstream = readerOf('upstream');
  }

  fromClient(chunk: Buffer): void {
    this.#client.push(chunk);
  }
  fromUpstream(chunk: Buffer): void {
    this.#upstream.push(chunk);
  }

  #take(bytes: number): number {
    const taken = this.all.length < mostFrames ? Math.max(0, Math.min(bytes, this.#room)) : 0;
    this.#room -= taken + pieceCost;
    return taken;
  }
}
