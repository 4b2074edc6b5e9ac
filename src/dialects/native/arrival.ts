import type { StepKind } from '../../engine/kit.ts';
import { refuse } from '../../engine/outcome.ts';
import { slot, type Slot } from '../../engine/slot.ts';
import { mergeSlashes, percentDecodeStrict, removeDotSegments } from '../../http/path.ts';
import { isAuthority } from '../../matching/host.ts';
import { fault } from '../../model/fault.ts';

/** The segments that routes are matched against. */
export const segmentsSlot: Slot<readonly string[]> = slot('native segments');

/** A path as it is matched, and as it may be sent. */
export interface ReadPath {
  readonly segments: readonly string[];
  readonly send: string;
}

// eslint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u001f\u007f\\]/;
const plain = /^(?:\/[\w~!$&'()*+,=:@-][\w.~!$&'()*+,=:@-]*)*\/?$/;

/**
 * Reads a raw path the way the most lenient server behind might: escapes undone, parameters behind `;` dropped, empty and dot
 * segments resolved. What a route protects can then not be reached under another spelling. Where the reading differs in shape
 * from what arrived, the reading is what is sent. Undefined: the path cannot be read in one way only.
 */
export function readPath(raw: string): ReadPath | undefined {
  if (raw[0] !== '/') return undefined;
  if (plain.test(raw)) return { segments: raw.slice(1).split('/'), send: raw };
  const decoded = percentDecodeStrict(raw);
  if (decoded === undefined || forbidden.test(decoded)) return undefined;
  const bare = decoded
    .split('/')
    .map((segment) => (segment.includes(';') ? segment.slice(0, segment.indexOf(';')) : segment))
    .join('/');
  const clean = mergeSlashes(removeDotSegments(bare));
  return { segments: clean.slice(1).split('/'), send: clean === bare ? raw : encodePath(clean) };
}

const encodePath = (path: string): string => encodeURI(path).replaceAll('?', '%3F').replaceAll('#', '%23');

/** Refuses targets and hosts that could be read in two ways, and reads the path for the matcher. */
export const arrivalStep: StepKind<null> = {
  kind: 'native/arrival',
  create() {
    return (exchange) => {
      const { headers } = exchange.arrived;
      const hosts = headers.getAll('host');
      if (hosts.length > 1 || (hosts.length === 0 && exchange.arrived.httpVersion === '1.1'))
        return refuse(fault('bad-request', { reason: 'exactly one Host field is needed' }));
      if (hosts[0] !== undefined && !isAuthority(hosts[0])) return refuse(fault('bad-request', { reason: 'the Host field is no host' }));
      if (exchange.method === 'CONNECT') return refuse(fault('method-not-allowed', { allow: [] }));
      // The absolute form (RFC 9112 section 3.2.2): its authority stands for Host.
      const absolute = exchange.path.startsWith('/') ? null : /^https?:\/\/([^/?#]*)(.*)$/i.exec(exchange.path);
      if (absolute !== null) {
        if (!isAuthority(absolute[1] as string) || absolute[1] === '')
          return refuse(fault('bad-request', { reason: 'the authority of the target is no host' }));
        exchange.outgoing.headers.set('Host', absolute[1] as string);
        exchange.path = absolute[2] || '/';
      }
      if (exchange.path.includes('#') || exchange.query.includes('#'))
        return refuse(fault('bad-request', { reason: 'a request target has no fragment' }));
      const path = readPath(exchange.path);
      if (path === undefined) return refuse(fault('bad-request', { reason: 'the path cannot be read' }));
      exchange.path = path.send;
      exchange.write(segmentsSlot, path.segments);
      return undefined;
    };
  },
};
