/** Convolutions in volumes as planar ones: their depth is laid among the channels, or the rows, which the kernels for images then sum over. */
import { UNFOLD_WORKGROUP, unfoldDepthShader } from '../../../shaders/conv/unfold-depth.ts';
import { hostArray } from '../../core/dtype.ts';
import { lazyTensor } from '../../core/lazy-tensor.ts';
import { largestBinding } from '../../core/limits.ts';
import { densePlacement, isVectorised } from '../../core/placement.ts';
import { bytesOf, floatStorage, isPacked, type Stored } from '../../core/storage.ts';
import type { Tensor } from '../../core/tensor.ts';
import { at, product, roundUp } from '../../util/arrays.ts';
import { dispatch1d, required, result, value, type CallOperand } from '../definition.ts';
import type { VolumeAxis } from '../lib/volume.ts';
import { depthwiseVariants } from './depthwise-part.ts';
import { direct } from './direct.ts';
import { implicit } from './implicit.ts';
import type { ConvCall } from './implicit-plan.ts';
import { pointwise } from './pointwise.ts';
import { preferredConv } from './preferred.ts';
import type { ConvContext } from './shared.ts';
import { winograd } from './winograd.ts';

/** What the planar node calls its first operands. */
const [IMAGES, WEIGHTS] = ['unfolded images', 'unfolded weights'];

/** Weights of constants in another order, by the constant: kernels prepare those of one tensor once. */
type Reordered = WeakMap<Tensor, Tensor>;

const channelWeights: Reordered = new WeakMap();
const rowWeights: Reordered = new WeakMap();

type Five = readonly [number, number, number, number, number];

function fiveOf(shape: readonly number[]): Five {
  return [at(shape, 0), at(shape, 1), at(shape, 2), at(shape, 3), at(shape, 4)];
}

/** A constant of `shape` with blocks of `w`: that of plane kz and position p, of `each` elements, starts at `to(kz, p)`. */
function reordered(
  known: Reordered,
  w: Tensor,
  shape: readonly number[],
  { each, to }: { readonly each: number; to(kz: number, p: number): number },
): Tensor {
  const made =
    known.get(w) ??
    lazyTensor(w.dtype, shape, () => {
      const data = hostArray(w.dtype, product(shape));
      const depth = at(w.shape, 0);
      const positions = w.data.length / depth / each;
      for (let kz = 0; kz < depth; kz++) {
        for (let p = 0; p < positions; p++) {
          const from = (kz * positions + p) * each;
          data.set(w.data.subarray(from, from + each), to(kz, p));
        }
      }
      return data;
    });
  known.set(w, made);
  return made;
}

type Attributes = ConvContext['node']['attributes'];

/** What is made of the depth. */
interface Unfolding {
  /** Of the images. */
  readonly shape: readonly number[];
  readonly depth: VolumeAxis;
  /** True where every plane is seen alone, so that there is nothing to move. */
  readonly isPlain: boolean;
  /** Neighbours that are moved together: how many of them a plane has, their elements, and those from one to the next. */
  readonly run: { readonly count: number; readonly elements: number; readonly pitch: number };
  readonly attributes: Pick<Attributes, 'strides' | 'dilations' | 'pads'>;
  weights(w: Tensor): Tensor;
}

/** The window of a plane. */
function planarAttributes({ strides, dilations, pads }: Attributes): Unfolding['attributes'] {
  return { strides: strides.slice(1), dilations: dilations.slice(1), pads: [1, 2, 4, 5].map((i) => at(pads, i)) };
}

function isPlain(depth: VolumeAxis): boolean {
  return depth.kernel === 1 && depth.stride === 1 && depth.padBegin === 0 && depth.output === depth.input;
}

/** The depth among the channels, those past kD·C being 0. */
function amongChannels({ shape, placement }: Stored, depth: VolumeAxis, attributes: Attributes): Unfolding {
  const [batch, , height, width, inC] = fiveOf(shape);
  // A single plane keeps its channels, plain or not: nodes of either kind may share weights.
  const channels = depth.kernel === 1 ? inC : roundUp(depth.kernel * inC, 4);
  return {
    shape: [batch * depth.output, height, width, channels],
    depth,
    isPlain: isPlain(depth),
    run: { count: height * width, elements: inC, pitch: placement.pitch },
    attributes: planarAttributes(attributes),
    weights: (w) => {
      const [, kernelH, kernelW, , outC] = fiveOf(w.shape);
      return reordered(channelWeights, w, [kernelH, kernelW, channels, outC], {
        each: inC * outC,
        to: (kz, p) => (p * channels + kz * inC) * outC,
      });
    },
  };
}

/**
 * The depth among the rows, which keeps channels in their groups: every row becomes kD, of the planes that a window sees. Nothing
 * where a window has holes in both directions, or pixels lie apart.
 */
function amongRows({ shape, placement }: Stored, depth: VolumeAxis, attributes: Attributes): Unfolding | undefined {
  const [batch, , height, width, inC] = fiveOf(shape);
  const planes = depth.kernel;
  const { strides, dilations, pads } = planarAttributes(attributes);
  if ((planes > 1 && at(dilations, 0) > 1) || placement.pitch !== inC) return undefined;
  return {
    shape: [batch * depth.output, height * planes, width, inC],
    depth,
    isPlain: isPlain(depth),
    run: { count: height, elements: width * inC, pitch: width * inC },
    attributes: {
      strides: [at(strides, 0) * planes, at(strides, 1)],
      dilations,
      pads: pads.map((pad, i) => (i % 2 === 0 ? pad * planes : pad)),
    },
    weights: (w) => {
      const [, kernelH, kernelW, groupIn, outC] = fiveOf(w.shape);
      const each = kernelW * groupIn * outC;
      return reordered(rowWeights, w, [kernelH * planes, kernelW, groupIn, outC], {
        each,
        to: (kz, ky) => (ky * planes + kz) * each,
      });
    },
  };
}

/** Planes as images. */
function flat(stored: Stored): Stored {
  const [batch = 0, depth = 0, ...rest] = stored.shape;
  return { ...stored, shape: [batch * depth, ...rest] };
}

/** The planar convolution that a convolution in a volume is, for the variants of those. */
function planarContext(context: ConvContext, unfolding: Unfolding, weights: Tensor): ConvContext {
  const { node } = context;
  const { shape } = unfolding;
  const [x, w] = [required(context, 0), required(context, 1)];
  const residual = context.inputs[3];
  return {
    ...context,
    node: {
      ...node,
      inputs: [IMAGES, WEIGHTS, ...node.inputs.slice(2)],
      attributes: { ...node.attributes, ...unfolding.attributes },
    },
    inputs: [
      { ...x, shape, ...(unfolding.isPlain ? {} : { placement: densePlacement(shape) }) },
      { ...w, shape: weights.shape, placement: densePlacement(weights.shape) },
      context.inputs[2],
      residual && flat(residual),
      ...context.inputs.slice(4),
    ],
    outputs: [flat(result(context))],
    constant: (name) => (name === WEIGHTS ? weights : context.constant(name)),
  };
}

/** The dispatches of the first planar variant that takes it. */
function planarCalls(context: ConvContext): readonly ConvCall[] | undefined {
  const variants = [...pointwise, ...depthwiseVariants, ...winograd, ...implicit];
  // Of depthwise ones that no strip suits none is preferred.
  for (const name of [...preferredConv(context), ...depthwiseVariants.map((variant) => variant.name)]) {
    const calls = variants.find((variant) => variant.name === name)?.tryLower(context);
    if (calls) return calls;
  }
  return direct.tryLower(context);
}

function unfoldCall(context: ConvContext, { shape, depth, run }: Unfolding, to: CallOperand): ConvCall {
  const x = required(context, 0);
  const width = isVectorised(x.placement, x.shape) ? 4 : 1;
  const count = product(shape) / width;
  return {
    shader: unfoldDepthShader({ width, xType: floatStorage(x) }),
    operands: [value(context.node.inputs[0]), to],
    params: {
      count,
      x_offset: x.placement.offset,
      x_pitch: run.pitch,
      vectors: product(shape.slice(1)) / run.count / width,
      in_vectors: run.elements / width,
      plane: run.count,
      in_d: depth.input,
      out_d: depth.output,
      kernel_d: depth.kernel,
      stride_d: depth.stride,
      dilation_d: depth.dilation,
      pad_d: depth.padBegin,
    },
    workgroups: dispatch1d(count, UNFOLD_WORKGROUP, context.device),
  };
}

/** The dispatches of a convolution that is unfolded. Nothing of weights that a run makes or in bytes, and large volumes. */
export function unfoldedCalls(context: ConvContext, [depth]: readonly VolumeAxis[]): readonly ConvCall[] | undefined {
  const { node, device } = context;
  const [x, w] = [required(context, 0), required(context, 1)];
  const source = context.constant(node.inputs[1] ?? '');
  if (!depth || !source || isPacked(w.storage) || node.inputs[4]) return undefined;
  const unfolding = (node.attributes.group === 1 ? amongChannels : amongRows)(x, depth, node.attributes);
  if (!unfolding) return undefined;
  const elements = product(unfolding.shape);
  const type = floatStorage(x);
  if (elements === 0 || product(result(context).shape) === 0 || bytesOf(type, elements) > largestBinding(device)) {
    return undefined;
  }
  const images: CallOperand = unfolding.isPlain
    ? value(node.inputs[0])
    : { kind: 'scratch', id: 'unfolded', elements, storage: type };
  const weights = unfolding.weights(source);
  const constant: CallOperand = { kind: 'constant', tensor: weights, storage: w.storage };
  const named = (operand: CallOperand): CallOperand => {
    if (operand.kind !== 'value') return operand;
    return operand.name === IMAGES ? images : operand.name === WEIGHTS ? constant : operand;
  };
  const calls = planarCalls(planarContext(context, unfolding, weights))?.map((call) => ({
    ...call,
    operands: call.operands.map(named),
  }));
  if (!calls) return undefined;
  return unfolding.isPlain ? calls : [unfoldCall(context, unfolding, images), ...calls];
}
