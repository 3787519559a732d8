/** Conv over three spatial dimensions. */
import { required, result, type KernelCall } from '../definition.ts';
import { slidingAxes } from '../lib/volume.ts';
import { convEpilogue, type ConvContext } from './shared.ts';
import { convVolume } from './volume.ts';

/** The dispatch of a Conv, its padding explicit. */
export function convVolumeCalls(context: ConvContext): Omit<KernelCall, 'variant'>[] {
  const kernel = required(context, 1).shape.slice(0, -2);
  const [inputs, outputs] = [required(context, 0), result(context)].map(({ shape }) => shape.slice(1, -1));
  const axes = slidingAxes(context.node.attributes, kernel, inputs ?? [], outputs ?? []);
  return [convVolume(context, { axes, transposed: false, epilogue: convEpilogue(context), scale: 4 })];
}
