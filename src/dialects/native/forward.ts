import type { StepKind } from '../../engine/kit.ts';

export interface Forward {
  /** The Host field for the upstream; empty: the one that came. */
  readonly host: string;
  /** Path of the upstream's own URL, put in front. */
  readonly basePath: string;
}

/** Makes the outgoing request: target, Host and the X-Forwarded fields. Addresses of the client's own claim are kept in front. */
export const forwardStep: StepKind<Forward> = {
  kind: 'native/forward',
  create({ host, basePath }) {
    return (exchange) => {
      const { outgoing, arrived, connection } = exchange;
      const { headers } = outgoing;
      outgoing.method = exchange.method;
      outgoing.target = `${basePath}${exchange.path}${exchange.query === '' ? '' : `?${exchange.query}`}`;
      const asked = headers.get('host') ?? '';
      const before = arrived.headers.joined('x-forwarded-for');
      headers.set('X-Forwarded-For', before === undefined ? connection.remoteAddress : `${before}, ${connection.remoteAddress}`);
      headers.set('X-Forwarded-Host', asked);
      headers.set('X-Forwarded-Proto', connection.secure ? 'https' : 'http');
      const trailer = arrived.headers.joined('trailer');
      if (trailer !== undefined && !headers.has('content-length')) headers.set('Trailer', trailer);
      if (host !== '') headers.set('Host', host);
      return undefined;
    };
  },
};
