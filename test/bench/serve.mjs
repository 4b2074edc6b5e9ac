// One server of the comparison: node serve.mjs WHICH UPSTREAM_PORT; prints its port.
import http from 'node:http';

const [which, upstream] = process.argv.slice(2);
const target = `http://127.0.0.1:${upstream}`;
const listen = (server) => server.listen(0, '127.0.0.1', () => console.log(server.address().port));

if (which === 'upstream') listen(http.createServer((_, res) => res.end('{"id":7,"name":"a plain answer of a service"}')));
if (which === 'undici') {
  const { Pool } = await import('undici');
  const pool = new Pool(target, { connections: null });
  listen(
    http.createServer((req, res) => {
      const raw = [];
      for (let at = 0; at < req.rawHeaders.length; at += 2)
        if (!/^connection$/i.test(req.rawHeaders[at])) raw.push(req.rawHeaders[at], req.rawHeaders[at + 1]);
      pool.dispatch(
        { path: req.url, method: req.method, headers: raw },
        {
          onRequestStart() {},
          onResponseStart(controller, status) {
            res.writeHead(status, controller.rawHeaders.map(String));
          },
          onResponseData: (_, chunk) => void res.write(chunk),
          onResponseEnd: () => void res.end(),
          onResponseError: () => void res.destroy(),
        },
      );
    }),
  );
}
if (which === 'express') {
  const { default: express } = await import('express');
  const { createProxyMiddleware } = await import('http-proxy-middleware');
  const app = express();
  app.use(createProxyMiddleware({ target, agent: new http.Agent({ keepAlive: true }) }));
  listen(http.createServer(app));
}
if (which === 'devgateway') {
  const { createGateway } = await import('../../dist/esm/index.js');
  const gateway = await createGateway({
    config: {
      consumers: [{ name: 'ann', apiKeys: ['key-1'] }],
      routes: [
        {
          match: { path: '/orders/*' },
          steps: [
            { apiKey: {} },
            { rateLimit: { by: 'consumer', limit: 1e9, per: '1m' } },
            { requestHeaders: { set: { 'X-Set': 'by the gateway' } } },
          ],
          upstream: 'orders:80',
        },
      ],
    },
    upstreams: { 'orders:80': target },
    traffic: false, // as devgateway start does
  });
  console.log(new URL(gateway.url).port);
}
if (which === 'kong') {
  const { mkdtempSync, writeFileSync } = await import('node:fs');
  const { tmpdir } = await import('node:os');
  const path = await import('node:path');
  const { createGateway } = await import('../../dist/esm/index.js');
  const folder = mkdtempSync(path.join(tmpdir(), 'devgateway-bench-'));
  const routes = Array.from({ length: 100 }, (_, at) => ({ name: `r${at}`, paths: [at === 50 ? '/orders' : `/service-${at}`], strip_path: false }));
  const plugins = [
    { name: 'key-auth', config: { key_names: ['x-api-key'] } },
    { name: 'rate-limiting', config: { minute: 1e9, policy: 'local' } },
  ];
  const consumers = [{ username: 'ann', keyauth_credentials: [{ key: 'key-1' }] }];
  const file = { _format_version: '3.0', services: [{ name: 'orders', url: 'http://orders:80', routes, plugins }], consumers };
  writeFileSync(path.join(folder, 'kong.json'), JSON.stringify(file));
  const gateway = await createGateway({ config: 'kong.json', folder, upstreams: { 'orders:80': target }, traffic: false, watch: false });
  console.log(new URL(gateway.url).port);
}
