/** The layers of ncnn that few networks have: loaded with the first of them. */
import type { Rows } from '../lib/translate.ts';
import type { NcnnContext } from './context.ts';
import { BLOBS } from './layers/blobs.ts';
import { DETECT } from './layers/detect.ts';
import { FUNCTIONS } from './layers/functions.ts';
import { GATHERED } from './layers/gathered.ts';
import { INT8 } from './layers/int8.ts';
import { MATRIX } from './layers/matrix.ts';
import { RECURRENT } from './layers/recurrent.ts';
import { ROIS } from './layers/rois.ts';
import { STATISTICS } from './layers/statistics.ts';
import { VOLUME } from './layers/volume.ts';

/** Rows by type. */
export const FURTHER_NCNN_LAYERS: Rows<NcnnContext> = {
  ...BLOBS,
  ...DETECT,
  ...FUNCTIONS,
  ...GATHERED,
  ...INT8,
  ...MATRIX,
  ...RECURRENT,
  ...ROIS,
  ...STATISTICS,
  ...VOLUME,
};
