import { getResponse, type RequestHandler } from 'msw';
import type { FetchHandler } from '../transport/served-upstream.ts';

/**
 * Handlers of MSW as an upstream. They see the request that the gateway sends, under the host of production. A request that none of them
 * handles is answered with 501 and its name: a mock that is asked for what it does not know is a mistake of the test.
 */
export const mswUpstream =
  (...handlers: readonly RequestHandler[]): FetchHandler =>
  async (request) => {
    const named = `${request.method} ${request.url}`;
    return (
      (await getResponse([...handlers], request)) ??
      new Response(`no MSW handler for ${named}\n`, { status: 501, headers: { 'Content-Type': 'text/plain' } })
    );
  };
