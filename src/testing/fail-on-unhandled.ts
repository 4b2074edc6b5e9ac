import { onUnhandled, type UnhandledError } from '../gateway/unhandled.ts';

/** The hooks of a test runner. */
export interface SuiteHooks {
  readonly afterEach: (act: () => void) => void;
  readonly afterAll: (act: () => void) => void;
}

/** Fails a test whose upstream functions threw what nobody has taken from `gateway.errors`; for the tests of one file. */
export function failOnUnhandled({ afterEach, afterAll }: SuiteHooks): void {
  const grown = new Set<UnhandledError[]>();
  const stop = onUnhandled((errors) => void grown.add(errors));
  const judge = (): void => {
    const left = [...grown].flatMap((errors) => errors.splice(0));
    grown.clear();
    if (left.length > 0) throw failureOf(left);
  };
  afterEach(judge);
  afterAll(() => {
    stop();
    judge();
  });
}

function failureOf(left: readonly UnhandledError[]): Error {
  const lines = left.map(({ error, upstream, request }) => `  ${[upstream, request].filter((one) => one !== '').join(', ')}: ${String(error)}`);
  const hint = 'A test that wants that takes them: gateway.errors.splice(0)';
  return new Error(`upstream functions of this test threw\n${lines.join('\n')}\n${hint}`, { cause: left[0]?.error });
}
