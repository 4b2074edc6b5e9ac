/** Where in the user's own configuration a thing came from. */
export interface Origin {
  /** As the user would name it: relative to the working folder. `inline` for an object given in code. */
  readonly file: string;
  /** From 1; 0 where a thing has no place in a file. */
  readonly line: number;
  /** From 1; 0 where a thing has no place in a file. */
  readonly column: number;
  /** JSON Pointer of the setting inside its file. */
  readonly pointer: string;
}

export const nowhere: Origin = Object.freeze({ file: '', line: 0, column: 0, pointer: '' });
