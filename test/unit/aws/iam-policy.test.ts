import { fc } from '../../properties.ts';
import { describe, expect, it } from 'vitest';
import { compilePolicy, type Decision, type PolicyOptions, type Principal } from '../../../src/dialects/aws/iam/policy.ts';
import { matchesArn, matchesWildcard } from '../../../src/dialects/aws/iam/wildcard.ts';

const arn = 'arn:aws:execute-api:us-east-1:123456789012:api/dev/GET/a/b';
const statement = (more: object = {}): object => ({ Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*', ...more });
const decide = (
  statements: object | readonly object[],
  keys: Readonly<Record<string, string>> = {},
  principal: Principal | null = null,
  options: PolicyOptions = {},
): Decision => compilePolicy({ Statement: statements }, options).decide({ arn, principal, keys });

describe('wildcards', () => {
  it('match as a regular expression would', () => {
    const alphabet = fc.string({ unit: fc.constantFrom('a', '/', '*', '?'), maxLength: 8 });
    fc.assert(
      fc.property(alphabet, fc.string({ unit: fc.constantFrom('a', '/'), maxLength: 8 }), (pattern, text) => {
        const regex = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
        expect(matchesWildcard(pattern, text)).toBe(regex.test(text));
      }),
    );
  });
  it('of an ARN stay within its parts', () => {
    expect(matchesArn('arn:aws:iam::*:user/*', 'arn:aws:iam::123456789012:user/a')).toBe(true);
    expect(matchesArn('arn:*:user/a', 'arn:aws:iam::123456789012:user/a')).toBe(false);
  });
});

describe('a policy', () => {
  it('lets a deny stand above an allow, in any order', () => {
    const deny = statement({ Effect: 'Deny', Resource: 'arn:aws:execute-api:*/GET/a/*' });
    expect(decide([statement(), deny])).toBe('deny');
    expect(decide([deny, statement()])).toBe('deny');
    expect(decide(statement({ Resource: '*/GET/a' }))).toBe('silent');
    expect(decide(statement({ Resource: ['*/POST/*', '*/dev/GET/*'] }))).toBe('allow');
  });

  it('may name what it is not about', () => {
    expect(decide(statement({ Action: undefined, NotAction: 'execute-api:Manage*' }))).toBe('allow');
    expect(decide(statement({ Action: undefined, NotAction: ['EXECUTE-API:*'] }))).toBe('silent');
    expect(decide(statement({ Action: ['s3:*', 'execute-api:*'] }))).toBe('allow');
    expect(decide(statement({ Resource: undefined, NotResource: '*/GET/*' }))).toBe('silent');
  });

  it.each<[string, unknown]>([
    ['no map', 'nonsense'],
    ['without statements', { Version: '2012-10-17' }],
    ['with another effect', { Statement: [statement({ Effect: 'allow' })] }],
    ['without an action', { Statement: statement({ Action: undefined }) }],
    ['with an action twice', { Statement: statement({ NotAction: 'a' }) }],
    ['with a number for a resource', { Statement: statement({ Resource: 7 }) }],
    ['without a resource', { Statement: statement({ Resource: [] }) }],
    ['with a statement that is none', { Statement: [null] }],
    ['with an unknown condition key', { Statement: statement({ Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o' } } }) }],
    ['with an unknown operator', { Statement: statement({ Condition: { BinaryEquals: { 'aws:userid': 'o' } } }) }],
    ['with a name of every object', { Statement: statement({ Condition: { constructor: { 'aws:userid': 'o' } } }) }],
    ['with an address that is none', { Statement: statement({ Condition: { IpAddress: { 'aws:SourceIp': '10.0.0' } } }) }],
    ['with a variable', { Statement: statement({ Resource: 'arn:${aws:username}' }) }],
  ])('%s is none', (_, document) => {
    expect(() => compilePolicy(document)).toThrow(TypeError);
  });

  const here = {
    'aws:sourceip': '203.0.113.7',
    'aws:epochtime': '1700000000',
    'aws:currenttime': '2023-11-14T22:13:20.000Z',
    'aws:securetransport': 'true',
  };
  it.each<[object, Decision]>([
    [{ IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '203.0.113.0/24'] } }, 'allow'],
    [{ NotIpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '203.0.113.0/24'] } }, 'silent'],
    [{ NotIpAddress: { 'aws:VpcSourceIp': '10.0.0.0/8' } }, 'allow'],
    [{ StringEquals: { 'aws:SourceVpce': 'vpce-1' } }, 'silent'],
    [{ StringNotEquals: { 'aws:SourceVpce': 'vpce-1' } }, 'allow'],
    [{ StringEqualsIfExists: { 'aws:SourceVpce': 'vpce-1' } }, 'allow'],
    [{ 'ForAnyValue:StringEquals': { 'aws:SourceVpce': 'vpce-1' } }, 'silent'],
    [{ 'ForAllValues:StringEquals': { 'aws:SourceVpce': 'vpce-1' } }, 'allow'],
    [{ Null: { 'aws:SourceVpce': 'true', 'aws:SourceIp': false } }, 'allow'],
    [{ Bool: { 'AWS:SecureTransport': true } }, 'allow'],
    [{ StringLike: { 'aws:SourceIp': '203.*' } }, 'allow'],
    [{ StringEqualsIgnoreCase: { 'aws:SecureTransport': 'TRUE' } }, 'allow'],
    [{ NumericLessThan: { 'aws:EpochTime': 1_800_000_000 }, NumericGreaterThanEquals: { 'aws:EpochTime': '1700000000' } }, 'allow'],
    [{ DateGreaterThan: { 'aws:CurrentTime': '2024-01-01T00:00:00Z' } }, 'silent'],
    [{ DateLessThan: { 'aws:CurrentTime': '2024-01-01T00:00:00Z' }, IpAddress: { 'aws:SourceIp': '10.0.0.1' } }, 'silent'],
  ])('with the condition %j says %s', (Condition, decision) => {
    expect(decide(statement({ Condition }), here)).toBe(decision);
  });

  it('at an API names whom it is about', () => {
    const user = { arn: 'arn:aws:iam::123456789012:user/local', account: '123456789012' };
    const to = (more: object, who: Principal | null): Decision => decide(statement(more), {}, who, { principals: true });
    expect(to({ Principal: '*' }, null)).toBe('allow');
    expect(to({ Principal: { AWS: '*' } }, null)).toBe('allow');
    expect(to({ Principal: { AWS: ['123456789012'] } }, null)).toBe('silent');
    expect(to({ Principal: { AWS: ['123456789012'] } }, user)).toBe('allow');
    expect(to({ Principal: { AWS: 'arn:aws:iam::123456789012:root' } }, user)).toBe('allow');
    expect(to({ Principal: { AWS: user.arn } }, user)).toBe('allow');
    expect(to({ Principal: { AWS: 'arn:aws:iam::123456789012:user/other' } }, user)).toBe('silent');
    expect(to({ Principal: { Service: 'events.amazonaws.com' } }, user)).toBe('silent');
    expect(to({ NotPrincipal: { AWS: user.arn } }, user)).toBe('silent');
    expect(() => to({}, user)).toThrow(TypeError);
    expect(() => to({ Principal: 'all' }, user)).toThrow(TypeError);
  });
});
