/** Kernels on regions of maps, whose lanes are channels. */
import { ROI_WORKGROUP } from '../../../shaders/lib/rois.ts';

/** Lanes that share out so many channels, or vectors of them: a power of two, up to the workgroup. */
export function roiLanes(blocks: number): number {
  return Math.min(ROI_WORKGROUP, 2 ** Math.ceil(Math.log2(Math.max(1, blocks))));
}
