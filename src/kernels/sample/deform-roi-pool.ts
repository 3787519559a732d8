/** DeformRoiPool → one dispatch, sample by sample: lanes are channels. */
import { deformRoiPoolShader } from '../../../shaders/sample/deform-roi-pool.ts';
import { at } from '../../util/arrays.ts';
import { result, variant, type KernelCall, type KernelDefinition, type LowerContext } from '../definition.ts';
import { ROI_TRAITS, roiCalls, roiMaps, roiVectors } from '../lib/rois.ts';

type Context = LowerContext<'DeformRoiPool'>;

/** Parameters of the offsets, of so many vectors of channels. */
function offsetParams({ node, inputs }: Context, blocks: number): Readonly<Record<string, number>> {
  const [, part_h = 1, part_w = 1, fields = 2] = inputs[2]?.shape ?? [];
  return inputs[2] ? { part_h, part_w, fields, each: blocks / (fields / 2), gamma: node.attributes.gamma } : {};
}

function calls(context: Context): readonly Omit<KernelCall, 'variant'>[] {
  const { attributes } = context.node;
  const { spatialScale: scale, samplingRatio: grid, groupHeight: group_h, groupWidth: group_w } = attributes;
  const [y, offsets] = [result(context), context.inputs[2]];
  const { channels, storage } = roiMaps(context);
  const alike = group_h * group_w === 1 && (!offsets || at(offsets.shape, 3) === 2);
  const { width, blocks, lanes } = roiVectors(at(y.shape, 3), alike);
  const adaptive = grid === 0;
  const spec = { offsets: offsets !== undefined, whole: attributes.samples === 'rounded', adaptive, lanes, width };
  return roiCalls(context, lanes, {
    shader: deformRoiPoolShader({ ...spec, ...storage }),
    params: {
      blocks,
      pitch: channels / width,
      group_h,
      group_w,
      scale,
      ...offsetParams(context, blocks),
      ...(adaptive ? {} : { grid }),
    },
  });
}

export const deformRoiPool: KernelDefinition<'DeformRoiPool'> = {
  kind: 'dispatch',
  ...ROI_TRAITS,
  variants: [variant('samples', () => true, calls)],
  chooses: () => [1, 2],
};
