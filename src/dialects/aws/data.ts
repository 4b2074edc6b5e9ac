/** Whether a value from outside (an answer of a function, a policy) is a map. */
export const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** One value stands for a list of one. */
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
