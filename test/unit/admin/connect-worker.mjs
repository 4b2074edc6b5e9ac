// One worker of a test run: sets its scope up by itself and asks in it.
import { parentPort, workerData } from 'node:worker_threads';
import { connectGateway } from '../../../src/index.ts';

const { url, token, name } = workerData;
const gateway = await connectGateway(url, { token });
const scope = gateway.scope(name);
await scope.override('one:80', () => new Response(name));
const said = [];
for (let at = 0; at < 20; at += 1) {
  const answer = await scope.fetch('/limited');
  said.push(answer.status === 200 ? await answer.text() : answer.status);
  if (at % 4 === 3) await scope.clock.advance(60_000);
}
const traffic = await scope.traffic.query();
await gateway.close();
parentPort.postMessage({ said, scopes: [...new Set(traffic.map((one) => one.scope))], count: traffic.length });
