/** Convolutions in volumes, and transposed ones of any rank: a plain kernel, whose window is all parameters. */
import { convVolumeShader, VOLUME_WORKGROUP } from '../../../shaders/conv/volume.ts';
import { isVectorised } from '../../core/placement.ts';
import { floatStorage } from '../../core/storage.ts';
import { at, ceilDiv, product } from '../../util/arrays.ts';
import { dispatch1d, required, result, value, type KernelCall, type LowerContext } from '../definition.ts';
import type { Epilogue } from '../lib/epilogue.ts';
import { volumeParams, type VolumeAxis } from '../lib/volume.ts';

/** A convolution as this kernel takes it. */
export interface ConvVolume {
  readonly axes: readonly VolumeAxis[];
  readonly transposed: boolean;
  readonly epilogue: Epilogue;
  /** Position of the scale among the inputs, for operators that have one. */
  readonly scale?: number;
}

/** The dispatch of a convolution with `[…K, C/group, M]` weights. */
export function convVolume<K extends 'Conv' | 'ConvTranspose'>(
  context: LowerContext<K>,
  { axes, transposed, epilogue, scale: slot = -1 }: ConvVolume,
): Omit<KernelCall, 'variant'> {
  const { inputs, attributes } = context.node;
  const [x, w, y] = [required(context, 0), required(context, 1), result(context)];
  const scale = context.inputs[slot];
  const [inC, outC] = [at(x.shape, x.shape.length - 1), at(y.shape, y.shape.length - 1)];
  const { group } = attributes;
  const [groupIn, groupOut] = [inC / group, outC / group];
  const groupBlocks = ceilDiv(groupOut, 4);
  const blocks = groupBlocks * group;
  const count = product(y.shape.slice(0, -1)) * blocks;
  const weightVector = groupOut % 4 === 0 ? 4 : 1;
  return {
    shader: convVolumeShader({
      transposed,
      inVector: isVectorised(x.placement, x.shape) && groupIn % 4 === 0 ? 4 : 1,
      weightVector,
      outVector: weightVector === 4 && epilogue.vector ? 4 : 1,
      xType: floatStorage(x),
      wType: w.storage,
      scaleType: scale && floatStorage(scale),
      ...epilogue.spec,
    }),
    operands: [value(inputs[0]), value(inputs[1]), ...(scale ? [value(inputs[slot])] : []), ...epilogue.operands],
    params: {
      count,
      ...volumeParams(axes),
      x_offset: x.placement.offset,
      x_pitch: x.placement.pitch,
      in_c: inC,
      out_c: outC,
      blocks,
      group_in: groupIn,
      group_out: groupOut,
      group_blocks: groupBlocks,
      ...epilogue.params,
    },
    workgroups: dispatch1d(count, VOLUME_WORKGROUP, context.device),
  };
}
