/** One invocation. Texts, because production sends JSON: what JSON cannot say does not arrive. */
export interface Invocation {
  readonly requestId: string;
  readonly event: string;
  readonly version: string;
}

/** Something that runs one invocation at a time, and is kept warm for the next one. */
export interface Instance {
  /** Nothing can be asked of it any more. */
  readonly ended: boolean;
  /** The files that it consists of, as far as they are known. */
  readonly files: ReadonlySet<string>;
  /** The answer as JSON. @throws FunctionError */
  invoke(invocation: Invocation): Promise<string>;
  stop(): Promise<unknown>;
}

export interface LogLine {
  readonly function: string;
  /** Empty where it was written outside an invocation. */
  readonly requestId: string;
  readonly level: LogLevel;
  readonly text: string;
}
export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR';

/** What every way to run a function is given. */
export interface FunctionPlan {
  readonly name: string;
  /** What relative paths count from. */
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  /** Of the machine's time; 0: none. */
  readonly timeoutMs: number;
  readonly arn: string;
  readonly log: (line: LogLine) => void;
  /** Hears the files that a change of must be watched for. */
  readonly loaded: (files: readonly string[]) => void;
}
