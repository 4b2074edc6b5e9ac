/** A typed place for a dialect's own state on an exchange. Kept across jumps. Make one per use, at module level. */
export interface Slot<T> {
  readonly name: string;
  /** Type only. */
  readonly $value?: T;
}

export const slot = <T>(name: string): Slot<T> => ({ name });
