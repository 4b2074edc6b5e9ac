/** Loading all of undici costs 40 ms of start-up: only its pool is used. The path is not documented, so the version is pinned. */
declare module 'undici/lib/dispatcher/pool.js' {
  import { Pool } from 'undici';
  export default Pool;
}
