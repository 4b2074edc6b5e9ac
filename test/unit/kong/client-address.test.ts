import { expect, it } from 'vitest';
import { askFor, kong } from './kong-gateway.ts';

const limited = `
services: [{ name: s, url: 'http://s.internal', routes: [{ name: r, paths: [/] }] }]
plugins: [{ name: ip-restriction, config: { deny: [9.9.9.9] } }]
`;
const trusting = 'trusted_ips = 127.0.0.1, 10.0.0.0/8';

it.each([
  ['X-Real-IP', trusting, { 'x-real-ip': '9.9.9.9' }, 403],
  ['nobody who is not trusted', 'trusted_ips = 10.0.0.0/8', { 'x-real-ip': '9.9.9.9' }, 200],
  ['the last of X-Forwarded-For', `${trusting}\nreal_ip_header = X-Forwarded-For`, { 'x-forwarded-for': '9.9.9.9, 10.0.0.1' }, 200],
  [
    'the last that is not trusted',
    `${trusting}\nreal_ip_header = X-Forwarded-For\nreal_ip_recursive = on`,
    { 'x-forwarded-for': '9.9.9.9, 10.0.0.1' },
    403,
  ],
])('plugins take for the client %s', async (_, conf, headers, status) => {
  await using gateway = await kong(limited, conf);
  expect((await askFor(gateway, '/', { headers })).status).toBe(status);
});
