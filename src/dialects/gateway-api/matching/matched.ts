import { slot, type Slot } from '../../../engine/slot.ts';

/** The path prefix that the matcher has chosen the rule by. Absent where it was chosen by another type of match. */
export const matchedPrefix: Slot<string> = slot<string>('gateway-api matched prefix');
