/** RoiAlign → tables of pixels and weights, then means by them, where the grid is fixed; else one dispatch, sample by sample. */
import { ROI_WORKGROUP } from '../../../shaders/lib/rois.ts';
import { roiAlignShader } from '../../../shaders/sample/roi-align.ts';
import { roiAlignTapsShader } from '../../../shaders/sample/roi-align-taps.ts';
import { ROI_TAPS_WORKGROUP, roiTapsShader } from '../../../shaders/sample/roi-taps.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import {
  dispatch1d,
  value,
  variant,
  type CallOperand,
  type KernelCall,
  type KernelDefinition,
  type LowerContext,
} from '../definition.ts';
import { ROI_TRAITS, roiCalls, roiLanes, roiMaps, roiVectors } from '../lib/rois.ts';

type Context = LowerContext<'RoiAlign'>;
type Call = Omit<KernelCall, 'variant'>;

/** Largest grid that has tables: two entries a sample. */
const MOST_SAMPLES = 8;

/** Invocations of a workgroup on software adapters, and vectors that each has, where they divide what there is. */
const SOFTWARE_LANES = 8;
const SOFTWARE_VECTORS = [8, 4, 2];

function sampleCalls(context: Context): readonly Call[] {
  const { mode, samplingRatio, spatialScale: scale, coordinateMode } = context.node.attributes;
  const { channels, storage } = roiMaps(context);
  const { width, blocks, lanes } = roiVectors(channels);
  const [adaptive, halfPixel] = [samplingRatio === 0, coordinateMode === 'half_pixel'];
  return roiCalls(context, lanes, {
    shader: roiAlignShader({ width, lanes, ...storage, max: mode === 'max', adaptive, halfPixel }),
    params: { blocks, scale, ...(adaptive ? {} : { grid: samplingRatio }) },
  });
}

function tapCalls(context: Context, grid: number): readonly Call[] {
  const { spatialScale: scale, coordinateMode } = context.node.attributes;
  const { extents, channels, boxes, storage } = roiMaps(context);
  const { width, blocks } = roiVectors(channels);
  const { out_h, out_w } = extents;
  const [x, rois, batch] = context.node.inputs;
  const [entries, count] = [boxes * (out_h + out_w), boxes * out_h];
  if (count * blocks === 0) return [];
  const shares = sharesOf(blocks, context.device);
  const places: CallOperand = { kind: 'scratch', id: 'places', elements: entries * (2 * grid + 1), storage: 'u32' };
  const weights: CallOperand = { kind: 'scratch', id: 'weights', elements: entries * 2 * grid };
  return [
    {
      shader: roiTapsShader({ grid, halfPixel: coordinateMode === 'half_pixel' }),
      operands: [value(rois), value(batch), places, weights],
      params: { ...extents, blocks, scale, count: entries },
      workgroups: dispatch1d(entries, ROI_TAPS_WORKGROUP, context.device),
    },
    {
      shader: roiAlignTapsShader({ width, ...storage, ...shares, grid }),
      operands: [value(x), places, weights, value(context.node.outputs[0])],
      params: { count, out_h, out_w, blocks },
      workgroups: dispatch1d(count * shares.lanes, shares.workgroup, context.device),
    },
  ];
}

/**
 * How invocations share out vectors of channels. A software adapter pays as much for what a whole workgroup reads of the tables as for
 * pixels, so that there few invocations have several vectors each.
 */
function sharesOf(
  blocks: number,
  { adapterClass }: DeviceProfile,
): { lanes: number; workgroup: number; vectors: number } {
  if (adapterClass !== 'software') return { lanes: roiLanes(blocks), workgroup: ROI_WORKGROUP, vectors: 1 };
  const vectors = SOFTWARE_VECTORS.find((n) => blocks % (SOFTWARE_LANES * n) === 0) ?? 1;
  return { lanes: SOFTWARE_LANES, workgroup: SOFTWARE_LANES, vectors };
}

export const roiAlign: KernelDefinition<'RoiAlign'> = {
  kind: 'dispatch',
  ...ROI_TRAITS,
  variants: [
    variant(
      'taps',
      ({ node: { attributes } }) => {
        const { mode, samplingRatio } = attributes;
        return mode === 'avg' && samplingRatio > 0 && samplingRatio <= MOST_SAMPLES ? samplingRatio : undefined;
      },
      tapCalls,
    ),
    variant('samples', () => true, sampleCalls),
  ],
};
