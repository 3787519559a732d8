/** RoiAlign → tables of pixels and weights, then means by them, where the grid is fixed; else one dispatch, sample by sample. */
import { ROI_WORKGROUP } from '../../../shaders/lib/rois.ts';
import { roiAlignShader } from '../../../shaders/sample/roi-align.ts';
import { roiAlignTapsShader } from '../../../shaders/sample/roi-align-taps.ts';
import { ROI_TAPS_WORKGROUP, roiTapsShader } from '../../../shaders/sample/roi-taps.ts';
import type { DeviceProfile } from '../../core/limits.ts';
import { at } from '../../util/arrays.ts';
import {
  dispatch1d,
  required,
  result,
  value,
  variant,
  type CallOperand,
  type KernelCall,
  type KernelDefinition,
  type LowerContext,
} from '../definition.ts';
import { roiLanes } from '../lib/rois.ts';

type Context = LowerContext<'RoiAlign'>;
type Call = Omit<KernelCall, 'variant'>;

/** Largest grid that has tables: two entries a sample. */
const MOST_SAMPLES = 8;

/** Invocations of a workgroup on software adapters, and vectors that each has, where they divide what there is. */
const SOFTWARE_LANES = 8;
const SOFTWARE_VECTORS = [8, 4, 2];

/** What both kernels need. */
function geometryOf(context: Context) {
  const { outputHeight: out_h, outputWidth: out_w, spatialScale: scale, coordinateMode } = context.node.attributes;
  const x = required(context, 0);
  const [images, in_h, in_w, channels] = [at(x.shape, 0), at(x.shape, 1), at(x.shape, 2), at(x.shape, 3)];
  const width: 1 | 4 = channels % 4 === 0 ? 4 : 1;
  const blocks = channels / width;
  const lanes = roiLanes(blocks);
  return {
    boxes: at(result(context).shape, 0),
    spec: { width, lanes, xStorage: x.storage, yStorage: result(context).storage },
    halfPixel: coordinateMode === 'half_pixel',
    params: { images, in_h, in_w, out_h, out_w, blocks, scale },
  };
}

function sampleCalls(context: Context): Call[] {
  const { boxes, spec, halfPixel, params } = geometryOf(context);
  const { mode, samplingRatio } = context.node.attributes;
  const [x, rois, batch] = context.node.inputs;
  const count = boxes * params.out_h * params.out_w;
  if (count * params.blocks === 0) return [];
  const adaptive = samplingRatio === 0;
  return [
    {
      shader: roiAlignShader({ ...spec, max: mode === 'max', adaptive, halfPixel }),
      operands: [value(x), value(rois), value(batch), value(context.node.outputs[0])],
      params: { ...params, count, ...(adaptive ? {} : { grid: samplingRatio }) },
      workgroups: dispatch1d(count * spec.lanes, ROI_WORKGROUP, context.device),
    },
  ];
}

function tapCalls(context: Context, grid: number): Call[] {
  const { boxes, spec, halfPixel, params } = geometryOf(context);
  const { out_h, out_w, blocks } = params;
  const [x, rois, batch] = context.node.inputs;
  const [entries, count] = [boxes * (out_h + out_w), boxes * out_h];
  if (count * blocks === 0) return [];
  const shares = sharesOf(blocks, context.device);
  const places: CallOperand = { kind: 'scratch', id: 'places', elements: entries * (2 * grid + 1), storage: 'u32' };
  const weights: CallOperand = { kind: 'scratch', id: 'weights', elements: entries * 2 * grid };
  return [
    {
      shader: roiTapsShader({ grid, halfPixel }),
      operands: [value(rois), value(batch), places, weights],
      params: { ...params, count: entries },
      workgroups: dispatch1d(entries, ROI_TAPS_WORKGROUP, context.device),
    },
    {
      shader: roiAlignTapsShader({ ...spec, ...shares, grid }),
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
  inputs: [{ storage: ['f16'] }, {}],
  outputs: { storage: ['f16'] },
  chooses: () => [1],
  ranks: [4],
};
