/** Heads of segmenters, in the order in which they are tried. */
import { CLASS_MAP_HEADS } from './class-maps.ts';
import type { Head } from './head.ts';
import { INSTANCE_HEADS } from './instances.ts';
import { MATTE_HEADS } from './mattes.ts';

/** All that `createSegmenter` reads: things with masks, classes of pixels, and mattes, which tell a foreground from its background. */
export const SEGMENTATION_HEADS: readonly Head[] = [...INSTANCE_HEADS, ...CLASS_MAP_HEADS, ...MATTE_HEADS];
