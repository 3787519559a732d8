/** Cases of Conv with weights in bytes: the structures of the others. */
import { inBytes } from '../../../helpers/weight-only.ts';
import { convCases } from './conv.ts';
import { convVolumeCases } from './conv-volume.ts';
import { convImplicitCases } from './conv-implicit.ts';
import { convPointwiseCases } from './conv-pointwise.ts';

export const convWeightOnlyCases = inBytes(
  [...convCases, ...convVolumeCases, ...convImplicitCases, ...convPointwiseCases],
  5,
);
