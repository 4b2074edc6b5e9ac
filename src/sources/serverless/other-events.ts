import type { Service } from './service.ts';

const anotherGateway = 'makes an address of another kind of gateway';
/** Events that are requests, though not of these APIs. */
const gateways: Readonly<Record<string, string>> = {
  websocket: anotherGateway,
  alb: anotherGateway,
  cloudFront: 'runs at the edge of a network that stands before the gateway',
};

/** Events that no request to an API brings. */
export function settleOtherEvents({ functions }: Service): void {
  for (const { events } of functions)
    for (const { kind, value } of events) {
      if (kind === 'http' || kind === 'httpApi') continue;
      const gateway = gateways[kind];
      if (gateway !== undefined) value.leftToOthers(gateway);
      else value.ignored(`${kind === '' ? 'an event of this kind' : `the event ${kind}`} comes from no request`);
    }
}
