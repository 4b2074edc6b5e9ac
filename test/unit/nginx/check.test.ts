import { describe, expect, it } from 'vitest';
import { checkHttp } from '../../../src/dialects/nginx/check.ts';
import { grammar } from '../../../src/dialects/nginx/grammar.ts';
import { directiveNames } from '../../../src/dialects/nginx/directive-names.ts';
import { Ledger } from '../../../src/model/ledger.ts';
import { Files } from '../../../src/sources/files.ts';
import { readNginxConf } from '../../../src/sources/nginx-conf.ts';

/** What is wrong with the inside of a server. */
function problems(server: string): string[] {
  const ledger = new Ledger();
  const text = `server {\n  listen 80;\n  ${server}\n}\n`;
  checkHttp(readNginxConf(text, 'nginx.conf', '.', new Files('.'), new Ledger()), ledger);
  return ledger.diagnostics.map(({ line, message }) => `${line}: ${message}`);
}

describe('what nginx -t refuses is refused, in its words and place', () => {
  it.each([
    ['location /a { } location /a { }', 'duplicate location "/a"'],
    ['location ^~ /a { } location /a { }', 'duplicate location "/a"'],
    ['location @a { location /b { } }', 'location "/b" cannot be inside the named location "@a"'],
    ['location = /a { location = /a/b { } }', 'location "/a/b" cannot be inside the exact location "/a"'],
    ['location /a { location /b { } }', 'location "/b" is outside location "/a"'],
    ['location { }', 'invalid number of arguments in "location" directive'],
    ['proxy_pass http://a;', '"proxy_pass" directive is not allowed here'],
    ['location / { proxy_pass http://a; proxy_pass http://b; }', '"proxy_pass" directive is duplicate'],
    ['location / { proxy_pass a:80; }', 'invalid URL prefix'],
    ['location / { if ($arg_a) { proxy_pass http://a/b; } }', '"proxy_pass" cannot have URI part'],
    ['location @n { proxy_pass http://a/; }', '"proxy_pass" cannot have URI part'],
    ['if ($arg_a) { add_header X 1; }', '"add_header" directive is not allowed here'],
    ['location / { if ($arg_a) { try_files a b; } }', '"try_files" directive is not allowed here'],
    ['return;', 'invalid number of arguments in "return" directive'],
    ['return abc;', 'invalid return code "abc"'],
    ['rewrite ^/a /b lasts;', 'invalid parameter "lasts"'],
    ['set a b;', 'invalid variable name "a"'],
    ['error_page 200 /a;', 'invalid value "200"'],
    ['error_page 499 /a;', 'invalid value "499"'],
    ['error_page 404 =abc /a;', 'invalid value "=abc"'],
    ['add_header X a sometimes;', 'invalid parameter "sometimes"'],
    ['location / { satisfy some; }', 'invalid value "some"'],
    ['client_max_body_size big;', '"client_max_body_size" directive invalid value'],
    ['limit_req_status 200;', 'value must be between 400 and 599'],
    ['location / { internal yes; }', 'invalid number of arguments in "internal" directive'],
  ])('%s', (server, message) => expect(problems(server)).toEqual([expect.stringContaining(`3: ${message}`)]));
});

it.each([
  'location = /a { } location /a { }',
  'location ~ a { } location ~ a { }',
  'location ~ ^/a { location /a/b { } }',
  'location /a { location @b { } location /a/c { location /a/c/d { } } }',
  'return http://a/;',
  'return $scheme://a;',
  'return 200 text;',
  'error_page 404 502 =200 /a;',
  'error_page 404 = @b;',
  'location / { proxy_pass http://unix:/a.sock:/b; }',
  'location / { proxy_pass http://$host/x; }',
  'location @n { proxy_pass http://a; }',
  'try_files $uri =404;',
])('what nginx takes is taken: %s', (server) => expect(problems(server)).toEqual([]));

it('only directives that nginx has are judged', () => {
  expect([...grammar.keys()].filter((name) => !directiveNames.has(name))).toEqual([]);
});
