import { channel } from 'node:diagnostics_channel';

/** What a function given by the user threw. The gateway answers as if an upstream had failed; nobody else would hear of it. */
export interface UnhandledError {
  readonly error: unknown;
  /** As the configuration writes it; `function:NAME` for a function. */
  readonly upstream: string;
  /** Method and target of the request; empty for a function. */
  readonly request: string;
}

/** Nobody may ever look: the last hundred are kept. */
const mostKept = 100;
/** Node's own way to be heard by whoever listens, across the separate bundles of the package: a suite is given the list that has grown. */
const grown = channel('devgateway:unhandled-error');

/** Adds to `errors`, and says so. */
export function collectInto(errors: UnhandledError[], told: (one: UnhandledError) => void = () => {}): (one: UnhandledError) => void {
  return (one) => {
    errors.push(one);
    if (errors.length > mostKept) errors.shift();
    told(one);
    grown.publish(errors);
  };
}

/** Calls `act` with each list that has grown. Answers how to stop listening. */
export function onUnhandled(act: (errors: UnhandledError[]) => void): () => void {
  const listener = (errors: unknown): void => act(errors as UnhandledError[]);
  grown.subscribe(listener);
  return () => {
    grown.unsubscribe(listener);
  };
}
