/** What the implicit kernels ask of a convolution, and values that they share. */
import { isPointwise } from '../../ir/shapes/pointwise.ts';
import { ceilDiv } from '../../util/arrays.ts';
import type { KernelCall } from '../definition.ts';
import { convPlan, type ConvContext, type ConvPlan } from './shared.ts';

/** One dispatch without the name of its variant. */
export type ConvCall = Omit<KernelCall, 'variant'>;

/**
 * The plan of a convolution that the implicit kernels take: one whose input is not scaled, and that is no plain matrix
 * product, for which there are kernels of its own.
 */
export function implicitPlan(context: ConvContext): ConvPlan | undefined {
  const plan = convPlan(context);
  const isProduct = plan.group === 1 && isPointwise(context.node.attributes, plan.spec.kernel);
  return context.inputs[4] || isProduct ? undefined : plan;
}

/** The part of the blocks of `block` elements that `extent` elements fill. */
export function usedPart(extent: number, block: number): number {
  return extent / (ceilDiv(extent, block) * block);
}

/** Below this part of a tile's pixels and channels in use another tile is always better. */
export const LEAST_USE = 0.4;

/** Output pixels of all images. */
export function pixelsOf({ batch, params }: ConvPlan): number {
  return batch * params.out_h * params.out_w;
}

/** Width of stores: vectors where the output lies so and no group ends within one. */
export function outVectorOf({ groupOut, epilogue }: ConvPlan): 1 | 4 {
  return groupOut % 4 === 0 && epilogue.vector ? 4 : 1;
}

/** True when the input can be read in vectors of four channels of a group. */
export function readsVectors({ xVector, groupIn }: ConvPlan): boolean {
  return xVector && groupIn % 4 === 0;
}
