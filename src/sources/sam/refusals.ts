import type { Sam } from './model.ts';

/** Reports what SAM's translator refuses. */
export function refuseSam(_sam: Sam): void {}
