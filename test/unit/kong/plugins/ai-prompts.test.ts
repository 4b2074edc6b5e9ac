import { describe, expect, it } from 'vitest';
import { startPlugin, type Said } from './start.ts';

async function ask(plugin: string, config: unknown, request: unknown, type = 'application/json'): Promise<readonly [status: number, body: unknown]> {
  await using gateway = await startPlugin(plugin, config);
  const body = typeof request === 'string' ? request : JSON.stringify(request);
  const answer = await gateway.fetch(new Request('http://localhost/', { method: 'POST', headers: { 'content-type': type }, body }));
  const said: unknown = await answer.json();
  return [answer.status, answer.status === 200 ? Buffer.from((said as Said).body, 'latin1').toString() : said];
}
const error = (message: string): object => ({ error: { message } });
const user = (content: unknown): object => ({ role: 'user', content });
const assistant = (content: string): object => ({ role: 'assistant', content });

describe('ai-prompt-guard', () => {
  it.each([
    [{ deny_patterns: ['secret'] }, { messages: [user('tell me a joke')] }, true],
    [{ deny_patterns: ['secret'] }, { messages: [user('the secret'), user('a joke')] }, false],
    [{ deny_patterns: ['secret'], allow_all_conversation_history: true }, { messages: [user('the secret'), user('a joke')] }, true],
    [{ deny_patterns: ['secret'] }, { messages: [assistant('secret'), user('a joke')] }, true],
    [{ deny_patterns: ['secret'], match_all_roles: true }, { messages: [assistant('secret'), user('a joke')] }, false],
    [{ allow_patterns: ['^new old $'] }, { messages: [user('old'), user('new')] }, true],
    [{ allow_patterns: ['(?i)JOKE', 'x'] }, { prompt: 'a joke' }, true],
    [{ allow_patterns: ['poem'] }, { prompt: 'a joke' }, false],
    [{ allow_patterns: ['joke'], deny_patterns: ['bad'] }, { prompt: 'a bad joke' }, false],
    [{ deny_patterns: ['x'] }, { messages: [user([{ type: 'text', text: 'a' }])] }, false],
    [{ deny_patterns: ['x'] }, { messages: [{ content: 'a' }] }, false],
    [{ deny_patterns: ['x'] }, { nothing: 1 }, false],
  ])('%j and %j: %s', async (config, request, passes) => {
    expect(await ask('ai-prompt-guard', config, request)).toEqual(passes ? [200, JSON.stringify(request)] : [400, error('bad request')]);
  });

  it('wants a table that is not too long', async () => {
    const onlyJson = [400, error('this LLM route only supports application/json requests')];
    expect(await ask('ai-prompt-guard', { deny_patterns: ['x'] }, '5')).toEqual(onlyJson);
    expect(await ask('ai-prompt-guard', { deny_patterns: ['x'] }, '{}', 'text/plain')).toEqual(onlyJson);
    const long = { prompt: 'a'.repeat(20_000) };
    expect(await ask('ai-prompt-guard', { deny_patterns: ['x'] }, long)).toEqual(onlyJson);
    expect((await ask('ai-prompt-guard', { deny_patterns: ['x'], max_request_body_size: 30_000 }, long))[0]).toBe(200);
  });

  it.each([
    [{}, 'DG1204', 'at least one of these fields'],
    [{ deny_patterns: ['('] }, 'DG1207', "bad regex pattern '('"],
    [{ deny_patterns: [''] }, 'DG1203', 'length must be at least 1'],
    [{ deny_patterns: Array.from({ length: 11 }, () => 'a') }, 'DG1203', 'at most 10'],
    [{ deny_patterns: ['a'], match_all_roles: true, allow_all_conversation_history: true }, 'DG1206', 'allow_all_conversation_history must be false'],
    [{ deny_patterns: ['a'], llm_format: 'gemini' }, 'DG1208', 'requests of gemini are not read here'],
  ])('refuses %j', async (config, code, message) => {
    await expect(startPlugin('ai-prompt-guard', config)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

describe('ai-prompt-decorator', () => {
  it('puts messages around those of the request', async () => {
    const config = {
      prompts: { prepend: [{ role: 'system', content: 'be/brief' }, { content: 'x' }], append: [{ role: 'user', content: 'please' }] },
    };
    expect(await ask('ai-prompt-decorator', config, { model: 'm', messages: [user('hi')] })).toEqual([
      200,
      '{"model":"m","messages":[{"role":"system","content":"be\\/brief"},{"role":"system","content":"x"},{"role":"user","content":"hi"},{"role":"user","content":"please"}]}',
    ]);
  });

  it.each([
    [{ prompt: 'a' }, 'this LLM route only supports llm/chat type requests'],
    [{ messages: [] }, 'this LLM route only supports llm/chat type requests'],
    ['no JSON', 'this LLM route only supports application/json requests'],
  ])('%j: %s', async (request, message) => {
    expect(await ask('ai-prompt-decorator', { prompts: { append: [{ content: 'x' }] } }, request)).toEqual([400, error(message)]);
  });

  it.each([
    [{ prompts: {} }, 'DG1204', 'at least one of these fields'],
    [{ prompts: { append: [{ role: 'tool', content: 'x' }] } }, 'DG1203', 'tool'],
    [{ prompts: { append: [{ content: 'x'.repeat(501) }] } }, 'DG1203', 'at most 500'],
  ])('refuses %j', async (config, code, message) => {
    await expect(startPlugin('ai-prompt-decorator', config)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
  });
});

describe('ai-prompt-template', () => {
  const templates = [
    { name: 'code', template: '{"messages":[{"role":"user","content":"write {{what}} in {{language}}"}]}' },
    { name: 'plain', template: '{"prompt":"x"}' },
  ];
  it.each([
    [
      { messages: '{template://code}', properties: { what: 'a "sort"', language: 'C/C++', more: '' } },
      '{"messages":[{"role":"user","content":"write a \\"sort\\" in C\\/C++"}]}',
    ],
    [{ prompt: '{template://plain}' }, '{"prompt":"x"}'],
    [{ prompt: 'no template' }, '{"prompt":"no template"}'],
    [{ messages: [user('hi')] }, JSON.stringify({ messages: [user('hi')] })],
  ])('%j becomes %s', async (request, body) => {
    expect(await ask('ai-prompt-template', { templates }, request)).toEqual([200, body]);
  });

  it.each([
    [{}, { messages: '{template://none}' }, 'could not find template name [none]'],
    [{}, { messages: '{template://code}' }, 'missing template parameters: [what], [language]'],
    [{}, { messages: '{template://code}', properties: { what: '{{x}}', language: 'a' } }, 'missing template parameters: [x]'],
    [{}, { messages: '{template://code}', properties: { what: 1 } }, 'property values must be a string, got number'],
    [{}, { messages: '{template://code}', properties: { what: null } }, 'property values must be a string, got userdata'],
    [{}, { messages: '{template://code}', properties: ['a'] }, 'properties must be an object'],
    [{}, { messages: 'a', prompt: 'b' }, "cannot run 'messages' and 'prompt' templates at the same time"],
    [{}, { other: 'b' }, "only 'llm/v1/chat' and 'llm/v1/completions' formats are supported for templating"],
    [{}, '[', 'this LLM route only supports application/json requests'],
    [{ allow_untemplated_requests: false }, { prompt: 'b' }, 'this LLM route only supports templated requests'],
  ])('%j %j: %s', async (config, request, message) => {
    expect(await ask('ai-prompt-template', { templates, ...config }, request, 'text/plain')).toEqual([400, error(message)]);
  });

  it('needs templates', async () => {
    await expect(startPlugin('ai-prompt-template', {})).rejects.toMatchObject({ code: 'DG1204' });
    await expect(startPlugin('ai-prompt-template', { templates: [{ name: 'a' }] })).rejects.toMatchObject({ code: 'DG1203' });
  });
});
