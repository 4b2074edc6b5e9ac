/** Everything but `start`, which is the one command whose start-up people wait for. */
export { cert } from './cert.ts';
export { check } from './check.ts';
export { completion } from './completion.ts';
export { explain } from './explain.ts';
export { help } from './help.ts';
export { record, replay } from './tape-commands.ts';
export { init } from './init.ts';
export { issuer } from './issuer.ts';
export { token } from './token.ts';
export { routes } from './routes.ts';
