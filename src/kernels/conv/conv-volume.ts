/** Conv over three spatial dimensions. */
import { required, result, type KernelCall } from '../definition.ts';
import { slidingAxes } from '../lib/volume.ts';
import { convEpilogue, type ConvContext } from './shared.ts';
import { unfoldedCalls } from './unfold-depth.ts';
import { convVolume } from './volume.ts';

/**
 * The dispatches of a Conv, its padding explicit: `volume`, the plain kernel, which takes all of them, or `unfolded`, as a planar
 * one, where it can be.
 */
export function convVolumeCalls(
  context: ConvContext,
  name: string,
): readonly Omit<KernelCall, 'variant'>[] | undefined {
  const kernel = required(context, 1).shape.slice(0, -2);
  const [inputs, outputs] = [required(context, 0), result(context)].map(({ shape }) => shape.slice(1, -1));
  const axes = slidingAxes(context.node.attributes, kernel, inputs ?? [], outputs ?? []);
  if (name === 'unfolded') return unfoldedCalls(context, axes);
  return [convVolume(context, { axes, transposed: false, epilogue: convEpilogue(context), scale: 4 })];
}
