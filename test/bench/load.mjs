// Keep-alive connections that ask one thing again and again, in a process of their own: node load.mjs PORT SECONDS CONNECTIONS
import net from 'node:net';

const [port, seconds, connections] = process.argv.slice(2).map(Number);
const request = Buffer.from('GET /orders/7?x=1 HTTP/1.1\r\nHost: bench.test\r\nX-API-Key: key-1\r\nAccept: */*\r\n\r\n');
let done = 0;
let bad = 0;
const end = Date.now() + seconds * 1000;
for (let at = 0; at < connections; at += 1) {
  const socket = net.connect(port, '127.0.0.1');
  let seen = '';
  socket.setNoDelay(true);
  socket.on('connect', () => socket.write(request));
  socket.on('data', (data) => {
    seen += data.toString('latin1');
    const head = seen.indexOf('\r\n\r\n');
    if (head < 0) return;
    const length = Number(/content-length: (\d+)/i.exec(seen)?.[1] ?? 0);
    if (seen.length < head + 4 + length) return;
    if (!seen.startsWith('HTTP/1.1 200')) bad += 1;
    done += 1;
    seen = '';
    if (Date.now() < end) socket.write(request);
    else socket.destroy();
  });
  socket.on('error', () => (bad += 1));
}
process.on('exit', () => console.log(JSON.stringify({ done, bad, perSecond: Math.round(done / seconds) })));
