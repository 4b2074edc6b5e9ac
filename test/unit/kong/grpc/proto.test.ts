import { fc } from '../../../properties.ts';
import { describe, expect, it } from 'vitest';
import { compileTemplatePath } from '../../../../src/dialects/kong/grpc/http-template.ts';
import { decodeMessage, encodeMessage } from '../../../../src/dialects/kong/grpc/message.ts';
import { parseProto } from '../../../../src/dialects/kong/grpc/parse-proto.ts';

const source = `
syntax = "proto3"; // a comment
package shop.v1;
import "google/api/annotations.proto";
import "common.proto";
option go_package = "./x;y";
/* services */
service Orders {
  option deprecated = true;
  rpc Get (GetRequest) returns (Order) {
    option deprecated = false;
    option (google.api.http) = {
      get: "/v1/orders/{id}"
      additional_bindings { post: "/v1/orders:get" body: "*" }
      additional_bindings: { get: "/v1/{name=shops/*/orders/**}" }
    };
  }
  rpc Watch(stream GetRequest) returns (stream Order);
}
message GetRequest { string id = 1; string name = 2 [deprecated = true, json_name = "n"]; }
message Order {
  reserved 15, 20 to 30; reserved "old";
  enum State { option allow_alias = true; NEW = 0; PAID = 1 [(x) = "y"]; }
  message Line { string sku = 1; sint32 count = 2; }
  string id = 1;
  repeated Line lines = 2;
  State state = 3;
  map<string, int64> totals = 4;
  oneof pay { string card = 5; bool cash = 6; }
  optional int32 note = 7;
  repeated uint32 packed = 8;
  repeated fixed32 loose = 9 [packed=false];
  double price = 10; float weight = 11; bytes raw = 12; sfixed64 when = 13;
  google.protobuf.Timestamp at = 14;
  common.Money money = 16;
  Order.Line first = 17;
}
`;
const common =
  'syntax = "proto3"; package common; message Money { string currency = 1; int64 units = 2; } service Hidden { rpc No(Money) returns (Money); }';
const schema = parseProto(source, (name) => (name === 'common.proto' ? common : undefined));

describe('.proto files', () => {
  it('are read with their services and bindings', () => {
    expect(schema.methods).toEqual([
      {
        path: '/shop.v1.Orders/Get',
        input: 'shop.v1.GetRequest',
        output: 'shop.v1.Order',
        bindings: [
          { method: 'GET', template: '/v1/orders/{id}', body: null },
          { method: 'POST', template: '/v1/orders:get', body: '*' },
          { method: 'GET', template: '/v1/{name=shops/*/orders/**}', body: null },
        ],
      },
      { path: '/shop.v1.Orders/Watch', input: 'shop.v1.GetRequest', output: 'shop.v1.Order', bindings: [] },
    ]);
    expect(schema.enums).toEqual({ 'shop.v1.Order.State': { NEW: 0, PAID: 1 } });
    expect(schema.messages['shop.v1.Order']?.fields.map(({ name, type }) => `${name} ${type}`)).toContain('money common.Money');
  });

  it.each([
    ['message A { string a 1; }', 'line 1: expected =, found 1'],
    ['message A { B b = 1; }', 'there is no type B'],
    ['message A { string a = 0; }', 'line 1: a has no number'],
    ['import "missing.proto";', 'it imports missing.proto, which is not there'],
    ['message A {', 'line 1: expected a name, found the end of the file'],
    ['\n\nmessage A { # }', 'line 3: "# }" is not understood'],
    [`${'message A {'.repeat(50)}`, 'messages are nested too deeply'],
  ])('%j is refused', (text, why) => {
    expect(() => parseProto(text, () => undefined)).toThrow(why);
  });

  it('never hang or crash the reader', () => {
    const piece = fc.constantFrom(
      'message',
      'A',
      '{',
      '}',
      '[',
      ']',
      '(',
      ')',
      '=',
      '1',
      ';',
      'option',
      'google.api.http',
      '"x"',
      'rpc',
      'service',
      'returns',
      'map',
      '<',
      '>',
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        try {
          parseProto(pieces.join(' '), () => undefined);
        } catch (error) {
          expect((error as Error).name).toBe('Error');
        }
      }),
    );
  });
});

describe('messages', () => {
  const order = {
    id: 'o-1',
    lines: [{ sku: 'a', count: -3 }],
    state: 'PAID',
    totals: { net: 5, gross: -6 },
    card: 'x',
    note: 0,
    packed: [1, 300],
    loose: [7],
    price: 1.5,
    weight: 0.5,
    raw: 'abc',
    when: -9,
    at: '2023-11-14T22:13:20',
    money: { currency: 'EUR', units: 12 },
    first: { sku: 'b', count: 0 },
  };
  it('are the same when they come back', () => {
    expect(decodeMessage(schema, 'shop.v1.Order', encodeMessage(schema, 'shop.v1.Order', order))).toEqual(order);
  });

  it('show the defaults of proto3', () => {
    const unsent = { id: '', lines: [], state: 'NEW', totals: {}, packed: [], loose: [], price: 0, weight: 0, raw: '', when: 0 };
    expect(decodeMessage(schema, 'shop.v1.Order', Buffer.alloc(0))).toEqual(unsent);
  });

  it('are encoded as protoc does', () => {
    // As of the documentation of the wire format: field 2 as a text, a sint32 of -3 in a nested message.
    expect(encodeMessage(schema, 'shop.v1.GetRequest', { name: 'testing' }).toString('hex')).toBe('120774657374696e67');
    expect(encodeMessage(schema, 'shop.v1.Order', { lines: [{ count: -3 }], packed: [3, 270, 86_942] }).toString('hex')).toBe(
      '120210054206038e029ea705',
    );
    expect(encodeMessage(schema, 'common.Money', { units: -1 }).toString('hex')).toBe('10ffffffffffffffffff01');
  });

  it.each<[string, object]>([
    ['a number for a text', { id: 1 }],
    ['null', { id: null }],
    ['a text that is no number', { note: 'x' }],
    ['a fraction', { note: 1.5 }],
    ['no list', { lines: {} }],
    ['no object', { money: 'x' }],
    ['no time', { at: 'soon' }],
    ['an unknown state', { state: 'LOST' }],
    ['a text for a boolean', { cash: 'yes' }],
  ])('refuse %s', (_, value) => {
    expect(() => encodeMessage(schema, 'shop.v1.Order', value)).toThrow(TypeError);
  });

  it('that are broken are refused, not read for ever', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          decodeMessage(schema, 'shop.v1.Order', Buffer.from(bytes));
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });

  it('hold any number and text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.maxSafeInteger(), fc.integer(), (id, units, count) => {
        const value = { id, lines: [{ sku: id, count }], money: { currency: id, units } };
        expect(decodeMessage(schema, 'shop.v1.Order', encodeMessage(schema, 'shop.v1.Order', value))).toMatchObject(value);
      }),
    );
  });
});

it.each<[string, string, Record<string, string> | undefined]>([
  ['/v1/{id}', '/v1/a%20b', { id: 'a%20b' }],
  ['/v1/{id}', '/v1/a/b', undefined],
  ['/v1/{id=**}', '/v1/a/b', { id: 'a/b' }],
  ['/v1/{name=shops/*/x}/y', '/v1/shops/1/x/y', { name: 'shops/1/x' }],
  ['/v1.0/a', '/v1x0/a', undefined],
  ['/v1/{a.b}:go', '/v1/c:go', { 'a.b': 'c' }],
])('the template %s and %s', (template, path, values) => {
  expect(compileTemplatePath(template)(path)).toEqual(values);
});

it('a template is read at once, however it is written', () => {
  expect(compileTemplatePath(`/{name=${'a'.repeat(5_000)}!`.slice(0, 1_900))('/')).toBeUndefined();
});
