/** Heads of instance segmentation, in the order in which they are tried. */
import type { Head } from './head.ts';

/** Things with masks. */
export const INSTANCE_HEADS: readonly Head[] = [];
