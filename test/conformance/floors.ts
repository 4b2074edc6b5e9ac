export interface Floor {
  readonly passed: number;
  /** How many cases count. */
  readonly of: number;
  /** Passing cases that may be missing on a slow machine, where timing decides. */
  readonly slack?: number;
}
export interface Floors {
  readonly suites: Readonly<Record<string, Floor>>;
  readonly smuggle: Floor;
}

/** `kept`, or what is wrong. Floors only rise: a run that passes more than its floor allows asks for the new number. */
export function compare(run: { readonly passed: number; readonly failed: number }, floor: Floor): string {
  const seen = run.passed + run.failed;
  if (seen < floor.of) return `the run saw ${seen} of ${floor.of} cases`;
  if (run.passed < floor.passed - (floor.slack ?? 0)) return `${run.passed} passed: below the floor of ${floor.passed}`;
  if (seen === floor.of && run.passed > floor.passed) return `${run.passed} passed: raise the floor of ${floor.passed}`;
  return 'kept';
}
