import { refuse, type Failure } from '../../../engine/outcome.ts';
import { fault } from '../../../model/fault.ts';

/** An integration that cannot do what it is set up for: 500. `why` is for explanations. */
export const failed = (why: string): Failure => refuse(fault('internal', { cause: new Error(why) }));
