/**
 * Names of fields, parameters and members whose values are secrets. Words are compared, not texts: `X-Api-Key`, `api_key`, `apiKey` and
 * `APIKEY` are one name, and `tokenizer` is none.
 */
const endings = [
  'password',
  'passwd',
  'passphrase',
  'pwd',
  'password confirmation',
  'secret',
  'secrets',
  'token',
  'tokens',
  'api key',
  'apikey',
  'access key',
  'secret key',
  'functions key',
  'auth key',
  'private key',
  'subscription key',
  'session',
  'session id',
  'sessionid',
  'sid',
  'otp',
  'pin',
  'passcode',
  'sig',
  'csrftoken',
  'accesstoken',
  'credential',
  'credentials',
  'authorization',
  'auth',
  'signature',
  'assertion',
  'code verifier',
  'authorization code',
  'cookie',
  'cookies',
];

/** What all that is in a map of this name is, whatever the names within. */
const bags = ['secret', 'secrets', 'credential', 'credentials', 'token', 'tokens', 'password', 'passwords', 'api keys', 'cookies'];

const wordsOf = (name: string): string =>
  name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .replaceAll(/[-_.:[\]\s]+/g, ' ')
    .replace(/ ?\d+ *$/, '')
    .trim()
    .toLowerCase();

/** Whether the value of something with this name is kept out of files. */
export const isSecretName = (name: string): boolean => endsWith(name, endings);
export const isSecretBag = (name: string): boolean => endsWith(name, bags);

/** A number is counted or limited far more often than it is secret. */
export const isSecretNumber = (name: string): boolean => endsWith(name, ['password', 'passcode', 'pin', 'otp']);

/** Places in a list, and what language models count. */
const noSecret = /(?:^| )(?:page|next|prev|previous|continuation|sync|max|min|prompt|completion|total|input|output|cached|reasoning) tokens?$/;

function endsWith(name: string, known: readonly string[]): boolean {
  if (name.length > 200) return false;
  const words = wordsOf(name);
  return !noSecret.test(words) && known.some((one) => words === one || words.endsWith(` ${one}`));
}
