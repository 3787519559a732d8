/** DeformRoiPool → one dispatch, sample by sample: lanes are channels. */
import { ROI_WORKGROUP } from '../../../shaders/lib/rois.ts';
import { deformRoiPoolShader } from '../../../shaders/sample/deform-roi-pool.ts';
import { at } from '../../util/arrays.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  variant,
  type KernelCall,
  type KernelDefinition,
  type LowerContext,
} from '../definition.ts';
import { roiLanes } from '../lib/rois.ts';

type Context = LowerContext<'DeformRoiPool'>;

/** Parameters of the offsets, of so many vectors of channels. */
function offsetParams({ node, inputs }: Context, blocks: number): Readonly<Record<string, number>> {
  const [, part_h = 1, part_w = 1, fields = 2] = inputs[2]?.shape ?? [];
  return inputs[2] ? { part_h, part_w, fields, each: blocks / (fields / 2), gamma: node.attributes.gamma } : {};
}

function calls(context: Context): Omit<KernelCall, 'variant'>[] {
  const { attributes, inputs, outputs } = context.node;
  const { outputHeight: out_h, outputWidth: out_w, spatialScale: scale, samplingRatio: grid } = attributes;
  const { groupHeight: group_h, groupWidth: group_w } = attributes;
  const [x, y, offsets] = [required(context, 0), result(context), context.inputs[2]];
  const [images, in_h, in_w, channels] = [at(x.shape, 0), at(x.shape, 1), at(x.shape, 2), at(x.shape, 3)];
  const alike = group_h * group_w === 1 && (!offsets || at(offsets.shape, 3) === 2);
  const width: 1 | 4 = alike && channels % 4 === 0 ? 4 : 1;
  const blocks = at(y.shape, 3) / width;
  const lanes = roiLanes(blocks);
  const count = at(y.shape, 0) * out_h * out_w;
  if (count * blocks === 0) return [];
  const adaptive = grid === 0;
  const spec = { offsets: offsets !== undefined, whole: attributes.samples === 'rounded', adaptive, lanes, width };
  const [map, rois, shifts] = inputs;
  return [
    {
      shader: deformRoiPoolShader({ ...spec, xStorage: x.storage, yStorage: y.storage }),
      operands: [value(map), value(rois), ...(offsets ? [value(shifts)] : []), value(outputs[0])],
      params: {
        count,
        images,
        in_h,
        in_w,
        out_h,
        out_w,
        blocks,
        pitch: channels / width,
        group_h,
        group_w,
        scale,
        ...offsetParams(context, blocks),
        ...(adaptive ? {} : { grid }),
      },
      workgroups: dispatch1d(count * lanes, ROI_WORKGROUP, context.device),
    },
  ];
}

export const deformRoiPool: KernelDefinition<'DeformRoiPool'> = {
  kind: 'dispatch',
  variants: [variant('samples', () => true, calls)],
  inputs: [{ storage: ['f16'] }, {}, {}],
  outputs: { storage: ['f16'] },
  chooses: () => [1, 2],
  ranks: [4],
};
