/** What kernels on regions of maps share: x `[N, H, W, C]` and boxes give `[boxes, outputHeight, outputWidth, M]`; lanes are channels. */
import { ROI_WORKGROUP } from '../../../shaders/lib/rois.ts';
import type { Storage } from '../../core/storage.ts';
import { elementCount } from '../../core/tensor.ts';
import { at } from '../../util/arrays.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  type Dispatched,
  type KernelCall,
  type LowerContext,
} from '../definition.ts';

/** Operators on regions. */
type RoiOp = 'CropAndResize' | 'DeformRoiPool' | 'MaxRoiPool' | 'PsRoiPool' | 'RoiAlign';

/** What their kernels take: maps may be halves, boxes keep all digits. */
export const ROI_TRAITS = {
  inputs: [{ storage: ['f16'] }, {}],
  outputs: { storage: ['f16'] },
  chooses: () => [1],
  ranks: [4],
} as const satisfies Omit<Dispatched<RoiOp>, 'kind' | 'variants'>;

/** Lanes that share out so many channels, or vectors of them: a power of two, up to the workgroup. */
export function roiLanes(blocks: number): number {
  return Math.min(ROI_WORKGROUP, 2 ** Math.ceil(Math.log2(Math.max(1, blocks))));
}

/** The maps and what is made of them. */
export interface RoiMaps {
  readonly extents: Readonly<Record<'images' | 'in_h' | 'in_w' | 'out_h' | 'out_w', number>>;
  readonly channels: number;
  readonly boxes: number;
  readonly storage: { readonly xStorage: Storage; readonly yStorage: Storage };
}

export function roiMaps<K extends RoiOp>(context: LowerContext<K>): RoiMaps {
  const { outputHeight: out_h, outputWidth: out_w } = context.node.attributes;
  const [x, y] = [required(context, 0), result(context)];
  const [images, in_h, in_w, channels] = [at(x.shape, 0), at(x.shape, 1), at(x.shape, 2), at(x.shape, 3)];
  return {
    extents: { images, in_h, in_w, out_h, out_w },
    channels,
    boxes: at(y.shape, 0),
    storage: { xStorage: x.storage, yStorage: y.storage },
  };
}

/** How `channels` are shared out: in vectors, where they fill these and `whole` is not false. */
export function roiVectors(channels: number, whole = true): { width: 1 | 4; blocks: number; lanes: number } {
  const width = whole && channels % 4 === 0 ? 4 : 1;
  const blocks = channels / width;
  return { width, blocks, lanes: roiLanes(blocks) };
}

/** The dispatch of a kernel whose lanes share out the channels of a bin; none for an output without elements. */
export function roiCalls<K extends RoiOp>(
  context: LowerContext<K>,
  lanes: number,
  { shader, params }: Pick<KernelCall, 'shader' | 'params'>,
): readonly Omit<KernelCall, 'variant'>[] {
  const { extents, boxes } = roiMaps(context);
  const { inputs, outputs } = context.node;
  if (elementCount(result(context).shape) === 0) return [];
  const count = boxes * extents.out_h * extents.out_w;
  return [
    {
      shader,
      operands: [...inputs.filter((name) => name !== ''), outputs[0]].map(value),
      params: { count, ...extents, ...params },
      workgroups: dispatch1d(count * lanes, ROI_WORKGROUP, context.device),
    },
  ];
}
