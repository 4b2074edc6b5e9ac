/**
 * What a thread runs to learn what a module of a configuration exports: the export, or the part of it at `keys`, functions called with
 * what Serverless gives them. It is a text, so that it runs as it stands wherever this code was bundled to. CommonJS.
 */
export const moduleProgram = `
const { workerData } = require('node:worker_threads');
const { file, keys, options, port, turns } = workerData;
const asked = new Map();
const say = (message) => {
  port.postMessage(message);
  Atomics.add(turns, 0, 1);
  Atomics.notify(turns, 0);
};
const fail = (error) => say({ error: String((error && error.message) || error) });
process.on('uncaughtException', fail);
process.on('exit', () => fail('it ends without a value'));
port.on('message', ({ id, value }) => asked.get(id)(value));
const resolveConfigurationProperty = (path) =>
  new Promise((resolve) => {
    asked.set(asked.size, resolve);
    say({ id: asked.size - 1, ask: path.map(String) });
  });
const valueOf = async (value) => {
  const settled = await value;
  return typeof settled === 'function' ? [await settled({ options, resolveConfigurationProperty }), true] : [settled, false];
};
const exported = (module) => {
  if ('module.exports' in module) return module['module.exports'];
  return 'default' in module && !(keys.length > 0 && keys[0] in module) ? module.default : module;
};
(async () => {
  const module = await import(file);
  const isOne = 'module.exports' in module || Object.keys(module).length === 1;
  let [value, called] = await valueOf(exported(module));
  let holdsFunctions = false;
  const text = (one) => JSON.stringify(one, (_, part) => ((holdsFunctions ||= typeof part === 'function'), part));
  const whole = text(value);
  const isWhole = isOne && !holdsFunctions;
  for (const key of keys) {
    value = value === undefined || value === null ? undefined : value[key];
    if (!called) [value, called] = await valueOf(value);
  }
  say({ text: isWhole ? whole : text(value), isWhole, files: Object.keys(require.cache) });
})().catch(fail);
`;
