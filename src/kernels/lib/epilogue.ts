/** The fused tail of a producer, on the host: its spec, operands and parameters, from the node and the placements. */
import { floatStorage } from '../../core/storage.ts';
import type { EpilogueSpec } from '../../../shaders/lib/epilogue.ts';
import type { Activation } from '../../ir/ops.ts';
import { activationParams } from './activation.ts';
import { result, value, type CallOperand, type LowerContext, required } from '../definition.ts';
import { hasPackedChannels, isVectorised } from '../../core/placement.ts';

/** Producers: operators with a fused tail. */
export type Producer = 'Conv' | 'ConvTranspose' | 'DeformConv' | 'Gemm' | 'MatMul';

/** What the tail of a producer adds to its kernel. */
export interface Epilogue {
  readonly spec: EpilogueSpec;
  /** Scales of weights, bias, residual, y: those that exist, in binding order. */
  readonly operands: readonly CallOperand[];
  /** Values for `epilogueParams`. */
  readonly params: Readonly<Record<string, number>>;
  /** True when y and the residual allow vectors of four channels. */
  readonly vector: boolean;
}

/**
 * The activation as the kernels get it: none and ReLU are clips too, so that convolutions with either share a pipeline
 * with those that have ReLU6. Compiling one takes longer than many runs of it.
 */
function pooled(activation: Activation): Activation {
  if (activation.kind === 'none') return { kind: 'clip', alpha: -Infinity, beta: Infinity };
  return activation.kind === 'relu' ? { kind: 'clip', alpha: 0, beta: Infinity } : activation;
}

/** Where a node's tail finds its operands. */
export interface Tail {
  /** Position of the bias among the inputs. */
  readonly bias: number;
  /** That of the scales of weights in bytes, for operators that take such. */
  readonly weightScale?: number;
  /** That of the residual, for operators that have one. */
  readonly residual?: number;
  /** Nodes like this one add what y holds: without a residual this one still shares their pipeline. */
  readonly accumulates?: boolean;
  /** Nodes like this one write channels that are scattered: where compiling costs the most, it shares their pipeline. */
  readonly scatters?: boolean;
}

/** The tail of a node. */
export function epilogueOf<K extends Producer>(
  context: LowerContext<K>,
  activation: Activation,
  { bias, weightScale = -1, residual, accumulates = false, scatters = false }: Tail,
): Epilogue {
  const { node } = context;
  const fused = pooled(activation);
  const y = result(context);
  const placement = result(context).placement;
  const biasName = node.inputs[bias];
  const scaleName = node.inputs[weightScale];
  const residualName = residual === undefined ? undefined : node.inputs[residual];
  const residualValue = residual !== undefined && residualName ? required(context, residual) : undefined;
  const rests = residualValue?.placement;
  const inPlace = rests !== undefined && residual !== undefined && context.shares(residual, 0);
  const read = rests !== undefined && !inPlace;
  const mayAccumulate = inPlace || (accumulates && !read);
  const isSoftware = context.device.adapterClass === 'software';
  const vector =
    !(scatters && isSoftware) && isVectorised(placement, y.shape) && (!rests || isVectorised(rests, y.shape));
  // What is written one by one anyway shares the pipeline of what a shuffle scatters, where compiling costs the most.
  const scattered = !hasPackedChannels(placement, y.shape) || (!vector && isSoftware);
  return {
    spec: {
      bias: Boolean(biasName) && !scaleName,
      dequantise: scaleName ? (biasName ? 'biased' : 'plain') : undefined,
      residual: mayAccumulate ? 'inPlace' : read ? 'read' : 'none',
      residualType: residualValue ? floatStorage(residualValue) : 'f32',
      outType: floatStorage(y),
      activation: fused.kind,
      scattered,
    },
    operands: [
      ...(scaleName ? [value(scaleName)] : []),
      ...(biasName ? [value(biasName)] : []),
      ...(read ? [value(residualName)] : []),
      value(node.outputs[0]),
    ],
    params: {
      ...activationParams(fused),
      y_offset: placement.offset,
      y_pitch: placement.pitch,
      ...(read ? { r_offset: rests.offset, r_pitch: rests.pitch } : {}),
      ...(mayAccumulate ? { accumulate: Number(inPlace) } : {}),
      ...(scattered ? { y_block: placement.block, y_step: placement.step, y_block_step: placement.blockStep } : {}),
    },
    vector,
  };
}
