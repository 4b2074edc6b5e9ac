// One worker of a test run that shares a gateway: sends its requests in its scope and counts what came back.
import { Agent, request } from 'node:http';
import { constants, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';

// Twenty threads must not take their time from the tests that run beside this one. On Linux that is of the thread alone.
setPriority(constants.priority.PRIORITY_LOW);
const { port, name, carrier, requests } = workerData;
const agent = new Agent({ keepAlive: true, maxSockets: 4 });
const headers = {
  field: { 'devgateway-scope': name },
  baggage: { baggage: `tenant=7,devgateway.scope=${name}` },
  host: { host: `${name}.scope.localhost:${port}` },
}[carrier];
const ask = (path) =>
  new Promise((resolve, reject) => {
    const req = request({ host: '127.0.0.1', port, path, headers, agent }, (res) => {
      let text = '';
      res.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      res.on('end', () => resolve(`${res.statusCode} ${res.statusCode === 429 ? '' : text}`.trim()));
    });
    req.on('error', reject).end();
  });

const counts = {};
let left = requests;
const one = async () => {
  while (left > 0) {
    left -= 1;
    const answer = await ask(left % 2 === 0 ? '/limited' : '/open');
    counts[answer] = (counts[answer] ?? 0) + 1;
  }
};
await Promise.all([one(), one(), one(), one()]);
agent.destroy();
parentPort.postMessage(counts);
