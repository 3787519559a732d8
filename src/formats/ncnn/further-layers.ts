/** The layers of ncnn that few networks have: loaded with the first of them. */
import type { Rows } from '../lib/translate.ts';
import type { NcnnContext } from './context.ts';
import { INT8 } from './layers/int8.ts';

/** Rows by type. */
export const FURTHER_NCNN_LAYERS: Rows<NcnnContext> = { ...INT8 };
