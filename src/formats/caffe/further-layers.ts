/** Caffe's layers that few networks have, those of its forks among them: loaded when a network has one. */
import type { Rows } from '../lib/translate.ts';
import type { CaffeContext } from './context.ts';
import { DETECT } from './layers/detect.ts';
import { MORE_FUNCTIONS } from './layers/functions-further.ts';
import { REARRANGE } from './layers/rearrange.ts';
import { RESAMPLE } from './layers/resample.ts';
import { STATISTICS } from './layers/statistics.ts';

/** Rows by type. */
export const FURTHER_CAFFE_LAYERS: Rows<CaffeContext> = {
  ...DETECT,
  ...RESAMPLE,
  ...REARRANGE,
  ...STATISTICS,
  ...MORE_FUNCTIONS,
};
