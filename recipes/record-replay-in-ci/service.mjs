// Stands for a service that nobody wants to start in CI: it signs tokens with a key of its own, and sets a cookie.
import { createSign, generateKeyPairSync, randomUUID } from 'node:crypto';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const encoded = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function token(sub) {
  const iat = Math.floor(Date.now() / 1000);
  const claims = { iss: 'https://shop.example.com/', aud: 'orders', sub, iat, exp: iat + 600 };
  const signed = `${encoded({ alg: 'RS256', typ: 'JWT', kid: 'shop-1' })}.${encoded(claims)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
}

const json = (value, headers = {}) => new Response(JSON.stringify(value), { headers: { 'Content-Type': 'application/json', ...headers } });

export default async function service(request) {
  const { pathname } = new URL(request.url);
  if (pathname === '/keys') return json({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'shop-1', alg: 'RS256', use: 'sig' }] });
  if (pathname === '/login') {
    const { user } = JSON.parse(await request.text());
    return json({ access_token: token(user), token_type: 'Bearer' }, { 'Set-Cookie': `session=${randomUUID()}; HttpOnly` });
  }
  return json([{ id: 1, price: 3 }]);
}
