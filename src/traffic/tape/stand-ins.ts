/** The secrets of one recording, each with the text that stands for it in the file. */
export class StandIns {
  readonly #standIns = new Map<string, string>();
  #next: number;
  #unswept: string[] = [];

  /** `taken`: how many an older part of the file has used. */
  constructor(taken = 0) {
    this.#next = taken + 1;
  }

  /** The stand-in of a secret, the same each time. */
  for(secret: string): string {
    if (standIn.test(secret)) return secret;
    let found = this.#standIns.get(secret);
    if (found === undefined) {
      this.#standIns.set(secret, (found = `devgateway-redacted-${this.#next}`));
      this.#next += 1;
      if (isSearchable(secret)) this.#unswept.push(secret);
    }
    return found;
  }

  /** Replaces everywhere what came to light since the last call. */
  takeNew(): (text: string) => string {
    const secrets = this.#unswept;
    this.#unswept = [];
    return this.#sweeper(secrets);
  }

  /** Replaces everywhere all that is known. */
  all(): (text: string) => string {
    return this.#sweeper([...this.#standIns.keys()].filter(isSearchable));
  }

  /** As the secrets stand in plain text, in JSON, in a URL, in a form and in base64. */
  #sweeper(secrets: readonly string[]): (text: string) => string {
    const forms = new Map<string, string>();
    for (const secret of secrets) {
      const own = this.#standIns.get(secret) as string;
      const url = encodeURIComponent(wellFormed(secret));
      for (const form of [secret, JSON.stringify(secret).slice(1, -1), url, url.replaceAll('%20', '+')]) forms.set(form, own);
      for (const form of ['base64', 'base64url'] as const) forms.set(Buffer.from(secret).toString(form).replace(/=+$/, ''), own);
    }
    if (forms.size === 0) return (text) => text;
    const longestFirst = [...forms.keys()].sort((one, other) => other.length - one.length);
    const any = new RegExp(longestFirst.map((one) => one.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`)).join('|'), 'g');
    return (text) => text.replaceAll(any, (form) => forms.get(form) as string);
  }
}

/** Whether a secret is looked for outside its place: a short one, or one that is a word, would be found by chance in the middle of others. */
export const isSearchable = (secret: string): boolean => secret.length >= 24 || (secret.length >= 8 && /\d/.test(secret) && /[a-z]/i.test(secret));

/** What stands for the signature of a token, and a token that has it: header and claims are kept. Bounded, so that no text takes long. */
export const redactedSignature = 'devgateway-redacted';
export const redactedToken: RegExp = /(?<![\w-])(eyJ[\w-]{8,4000})\.(eyJ[\w-]{2,40000})\.devgateway-redacted\b/g;

const standIn = /^devgateway-redacted(?:-\d+)?$/;
export const anyStandIn: RegExp = /devgateway-redacted-(\d+)/g;

/** A lone surrogate cannot stand in a URL. */
const wellFormed = (text: string): string => text.replaceAll(/[\ud800-\udfff]/gu, '\u{fffd}');
