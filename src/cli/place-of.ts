import type { ListenerInfo } from '../gateway/types.ts';

/** What a listener stands for in production. */
export const placeOf = ({ protocol, port, gateway }: ListenerInfo): string =>
  `${protocol} port ${port} of production${gateway === undefined ? '' : `, ${gateway}`}`;
