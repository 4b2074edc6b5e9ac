// Records for ever, and says a line for each time that the file was written: to be killed in the middle of it.
import { createGateway } from '../../../dist/esm/index.js';

const gateway = await createGateway({
  config: { routes: [{ match: { path: '/*' }, upstream: 'a:80' }] },
  folder: process.argv[2],
  traffic: { mode: 'record-missing', tapes: 'tape.har' },
  upstreams: { 'a:80': async () => new Response('x'.repeat(2_000)) },
});
for (let at = 0; ; at += 1) {
  await (await gateway.fetch(`/${process.argv[3]}/${at}`)).text();
  await gateway.tapes.flush();
  console.log(at);
}
