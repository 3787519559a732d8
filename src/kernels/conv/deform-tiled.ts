/** Deformable convolution through workgroup memory, for GPUs: the tiles of ordinary convolutions, which read samples for patches. */
import { deformedPatches, deformedSamples } from '../../../shaders/conv/deform-tiled.ts';
import { isVectorised } from '../../core/placement.ts';
import { floatStorage } from '../../core/storage.ts';
import { at } from '../../util/arrays.ts';
import { required, result, value } from '../definition.ts';
import type { TiledChoice } from '../product/tiled.ts';
import { deformPlan, movedBy, type DeformContext } from './deform-plan.ts';
import type { ConvCall } from './implicit-plan.ts';
import { tiledConvCalls } from './implicit-tiled.ts';
import type { ConvPlan } from './shared.ts';
import { fastestTiles } from './whole-sums.ts';

/** The ordinary convolution of these extents; nothing of groups, and of offset groups whose channels do not come in fours. */
function windowPlan(context: DeformContext): ConvPlan | undefined {
  const { strides, dilations, group } = context.node.attributes;
  const { pixels, inC, outC, each, epilogue, types, params } = deformPlan(context);
  const [x, w] = [required(context, 0), required(context, 1)];
  const [source, weights] = context.node.inputs;
  if (group !== 1 || pixels === 0 || inC === 0 || each % 4 !== 0) return undefined;
  if (!isVectorised(x.placement, x.shape)) return undefined;
  const n = (name: string): number => params[name] ?? 0;
  const own = { offset_groups: n('offset_groups'), each };
  return {
    operands: [value(source), value(weights), ...movedBy(context)],
    weights: undefined,
    spec: {
      kernel: [at(w.shape, 0), at(w.shape, 1)],
      strides: [at(strides, 0), at(strides, 1)],
      dilations: [at(dilations, 0), at(dilations, 1)],
    },
    batch: at(result(context).shape, 0),
    params: {
      in_h: n('in_h'),
      in_w: n('in_w'),
      in_c: inC,
      out_h: n('out_h'),
      out_w: n('out_w'),
      out_c: outC,
      pad_top: n('pad_top'),
      pad_left: n('pad_left'),
    },
    padEnd: [0, 0],
    group,
    groupIn: inC,
    groupOut: outC,
    epilogue: {
      ...epilogue,
      spec: { ...epilogue.spec, between: deformedSamples(types.maskType !== undefined) },
      params: { ...epilogue.params, ...own },
    },
    xType: types.xType,
    wType: floatStorage(w),
    xVector: true,
    xParams: { x_offset: n('x_offset'), x_pitch: n('x_pitch') },
  };
}

/** The dispatch with a tile, where it applies. */
export function deformTiledCalls(context: DeformContext, tile: TiledChoice): readonly ConvCall[] | undefined {
  const source = deformedPatches(tile, deformPlan(context).types.maskType);
  return tiledConvCalls(context.device, tile, windowPlan(context), source);
}

/** On GPUs, tiles so wide that no sample is made twice: the matrix of samples is neither written nor read then. */
export function preferredDeformTiles(context: DeformContext, prefix: string): readonly string[] {
  const plan = windowPlan(context);
  return fastestTiles(plan, context.device, prefix, ({ tileColumns }) => tileColumns >= (plan?.params.out_c ?? 0));
}
