/** Convolutions in volumes as planar ones: their depth is laid among the channels, which the kernels for images then sum over. */
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
import { direct } from './direct.ts';
import { implicit } from './implicit.ts';
import type { ConvCall } from './implicit-plan.ts';
import { pointwise } from './pointwise.ts';
import { preferredConv } from './preferred.ts';
import type { ConvContext } from './shared.ts';
import { winograd } from './winograd.ts';

/** What the planar node calls its first operands. */
const [IMAGES, WEIGHTS] = ['unfolded images', 'unfolded weights'];

/** The weights of every constant, in the other order: kernels prepare those of one tensor once. */
const unfolded = new WeakMap<Tensor, Tensor>();

/** `[kD, kH, kW, C, M]` → `[kH, kW, channels, M]`, channels past kD·C being 0. */
function unfoldedWeights(w: Tensor, channels: number): Tensor {
  const known = unfolded.get(w);
  if (known) return known;
  const [depth, height, width, inC, outC] = [0, 1, 2, 3, 4].map((i) => at(w.shape, i)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const made = lazyTensor(w.dtype, [height, width, channels, outC], () => {
    const data = hostArray(w.dtype, height * width * channels * outC);
    const each = inC * outC;
    for (let kz = 0; kz < depth; kz++) {
      for (let p = 0; p < height * width; p++) {
        const from = (kz * height * width + p) * each;
        data.set(w.data.subarray(from, from + each), (p * channels + kz * inC) * outC);
      }
    }
    return data;
  });
  unfolded.set(w, made);
  return made;
}

/** Where the depth is, and what is made of it. */
interface Unfolding {
  readonly shape: readonly number[];
  readonly depth: VolumeAxis;
  /** True where every plane is seen alone, so that there is nothing to move. */
  readonly isPlain: boolean;
}

function unfoldingOf(x: Stored, depth: VolumeAxis): Unfolding {
  const [batch, , height, width, inC] = [0, 1, 2, 3, 4].map((i) => at(x.shape, i)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const isPlain = depth.kernel === 1 && depth.stride === 1 && depth.padBegin === 0 && depth.output === depth.input;
  // A single plane keeps its channels, plain or not: nodes of either kind may share weights.
  const channels = depth.kernel === 1 ? inC : roundUp(depth.kernel * inC, 4);
  return { shape: [batch * depth.output, height, width, channels], depth, isPlain };
}

/** Planes as images. */
function flat(stored: Stored): Stored {
  const [batch = 0, depth = 0, ...rest] = stored.shape;
  return { ...stored, shape: [batch * depth, ...rest] };
}

/** The planar convolution that a convolution in a volume is, for the variants of those. */
function planarContext(context: ConvContext, { shape, isPlain }: Unfolding, weights: Tensor): ConvContext {
  const { node } = context;
  const { strides, dilations, pads } = node.attributes;
  const [x, w] = [required(context, 0), required(context, 1)];
  const residual = context.inputs[3];
  return {
    ...context,
    node: {
      ...node,
      inputs: [IMAGES, WEIGHTS, ...node.inputs.slice(2)],
      attributes: {
        ...node.attributes,
        strides: strides.slice(1),
        dilations: dilations.slice(1),
        pads: [1, 2, 4, 5].map((i) => at(pads, i)),
      },
    },
    inputs: [
      { ...x, shape, ...(isPlain ? {} : { placement: densePlacement(shape) }) },
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
  const variants = [...pointwise, ...winograd, ...implicit];
  for (const name of preferredConv(context)) {
    const calls = variants.find((variant) => variant.name === name)?.tryLower(context);
    if (calls) return calls;
  }
  return direct.tryLower(context);
}

function unfoldCall(context: ConvContext, { shape, depth }: Unfolding, to: CallOperand): ConvCall {
  const x = required(context, 0);
  const inC = at(x.shape, 4);
  const width = isVectorised(x.placement, x.shape) ? 4 : 1;
  const count = product(shape) / width;
  return {
    shader: unfoldDepthShader({ width, xType: floatStorage(x) }),
    operands: [value(context.node.inputs[0]), to],
    params: {
      count,
      x_offset: x.placement.offset,
      x_pitch: x.placement.pitch,
      vectors: at(shape, 3) / width,
      in_vectors: inC / width,
      plane: at(shape, 1) * at(shape, 2),
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

/** The dispatches of a convolution that is unfolded. Nothing of groups, weights that a run makes or in bytes, and large volumes. */
export function unfoldedCalls(context: ConvContext, [depth]: readonly VolumeAxis[]): readonly ConvCall[] | undefined {
  const { node, device } = context;
  const [x, w] = [required(context, 0), required(context, 1)];
  const source = context.constant(node.inputs[1] ?? '');
  if (!depth || !source || node.attributes.group !== 1 || isPacked(w.storage) || node.inputs[4]) return undefined;
  const unfolding = unfoldingOf(x, depth);
  const elements = product(unfolding.shape);
  const type = floatStorage(x);
  if (elements === 0 || product(result(context).shape) === 0 || bytesOf(type, elements) > largestBinding(device)) {
    return undefined;
  }
  const images: CallOperand = unfolding.isPlain
    ? value(node.inputs[0])
    : { kind: 'scratch', id: 'unfolded', elements, storage: type };
  const weights = unfoldedWeights(source, at(unfolding.shape, 3));
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
