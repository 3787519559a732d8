/** Every case of a layer. */
import type { NcnnCase } from '../../../helpers/ncnn-case.ts';
import { BORDER_CASES } from './borders.ts';
import { CHANNEL_CASES } from './channels.ts';
import { CONV_CASES } from './convs.ts';
import { ELEMENT_CASES } from './elements.ts';
import { POOL_CASES } from './pools.ts';
import { SAMPLE_CASES } from './samples.ts';
import { SHAPE_CASES } from './shapes.ts';

/** In families. */
export const NCNN_CASES: readonly NcnnCase[] = [
  ...CONV_CASES,
  ...POOL_CASES,
  ...ELEMENT_CASES,
  ...CHANNEL_CASES,
  ...SHAPE_CASES,
  ...BORDER_CASES,
  ...SAMPLE_CASES,
];
