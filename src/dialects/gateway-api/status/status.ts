import type { UserErrorCode } from '../../../model/error.ts';
import type { Condition, StatusReport } from '../../../model/status.ts';
import type { Resource } from '../../../sources/kubernetes/resources.ts';
import type { Setting } from '../../../sources/setting.ts';

/** Where else a condition stands than at its object, and what it is told as. */
interface Told {
  readonly at?: Setting;
  readonly code?: UserErrorCode;
}

/** These are there to say that something is wrong. */
const negative: ReadonlySet<string> = new Set(['Conflicted', 'PartiallyInvalid']);

/** `HTTPRoute shop/orders` */
export const nameOf = ({ kind, namespace, name }: Pick<Resource, 'kind' | 'namespace' | 'name'>): string =>
  kind === 'GatewayClass' ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;

/** A problem ends in the reason that the API has for it: `there is no Service shop/a (BackendNotFound)`. */
export function splitProblem(problem: string): { readonly message: string; readonly reason: string } {
  const [, message = problem, reason = 'Invalid'] = /^(.*) \((\w+)\)$/s.exec(problem) ?? [];
  return { message, reason };
}

/** The conditions of one object or of a part of it, as a controller would write them. What is wrong is told over the user's text from here. */
export class Status {
  served = false;
  readonly facts: Record<string, number | readonly string[]> = {};
  /** `Gateway shop/public, listener http` */
  readonly name: string;
  readonly #subject: string;
  readonly #about: StatusReport['about'];
  readonly #part: string;
  readonly #setting: Setting;
  readonly #conditions = new Map<string, Condition>();

  constructor(about: StatusReport['about'], subject: string, part: string, setting: Setting) {
    this.#about = about;
    this.name = part === '' ? subject : `${subject}, ${part}`;
    this.#subject = subject;
    this.#part = part;
    this.#setting = setting;
  }

  /** Whether something was found that speaks against it. */
  isWrong(type: string): boolean {
    return this.#conditions.get(type)?.wanted === false;
  }
  /** All is well in this respect, unless something was found. */
  holds(type: string, reason: string = type, message = ''): void {
    this.#keep({ type, status: negative.has(type) ? 'False' : 'True', reason, message, wanted: true, origin: this.#setting.origin });
  }
  /** Something is wrong, and told elsewhere or the consequence of what is. Of several problems the first one stays. */
  fails(type: string, problem: string, at: Setting = this.#setting): void {
    this.#keep({ type, status: negative.has(type) ? 'True' : 'False', ...splitProblem(problem), wanted: false, origin: at.origin });
  }
  /** Something is wrong, and told. Null: too little for a condition. */
  tells(type: string | null, problem: string, consequence: string, { at = this.#setting, code = 'DG1205' }: Told = {}): void {
    if (type !== null) this.fails(type, problem, at);
    at.warning(code, `${this.name}: ${problem}`, consequence);
  }
  report(): StatusReport {
    return {
      about: this.#about,
      subject: this.#subject,
      part: this.#part,
      served: this.served,
      facts: this.facts,
      conditions: [...this.#conditions.values()],
      origin: this.#setting.origin,
    };
  }

  #keep(condition: Condition): void {
    if (!this.#conditions.has(condition.type)) this.#conditions.set(condition.type, condition);
  }
}

/** Of a whole load, in the order in which they were made. */
export class Statuses {
  readonly #all: Status[] = [];

  of(about: StatusReport['about'], resource: Resource, part = '', setting: Setting = resource.setting): Status {
    const made = new Status(about, nameOf(resource), part, setting);
    this.#all.push(made);
    return made;
  }
  reports(): StatusReport[] {
    return this.#all.map((one) => one.report());
  }
}
