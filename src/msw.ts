/** Upstreams made of MSW handlers; needs the optional peer `msw`. */
export { mswUpstream } from './testing/msw.ts';
