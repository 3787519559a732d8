/** Heads of detectors, in the order in which they are tried. */
import type { Head } from './head.ts';
import { BOX_ROWS } from './rows.ts';

/** All that `createDetector` reads. */
export const DETECTION_HEADS: readonly Head[] = [BOX_ROWS];
