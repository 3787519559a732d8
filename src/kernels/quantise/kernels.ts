/** The kernels of products of 8-bit integers with known weights, and which to prefer on which class of adapters. */
import type { DeviceProfile } from '../../core/limits.ts';
import type { QuantisedCall, QuantisedConv, QuantisedKernel } from '../lib/quantised-conv.ts';
import { COLUMNS, softwareColumns } from './columns.ts';
import { isQuantisedDepthwise, preferredQuantisedDepthwise, QUANTISED_DEPTHWISE } from './q-linear-depthwise.ts';
import { NEIGHBOURS, STRIP } from './strips.ts';
import { preferredQuantisedTiles, TILED } from './tiled.ts';

/** By subgroups, through workgroup memory, as strips of pixels by four channels; the last takes every product. */
export const PRODUCT_KERNELS: readonly QuantisedKernel[] = [STRIP, ...COLUMNS, ...TILED, NEIGHBOURS];

/** The same of convolutions, which may be depthwise. */
export const CONV_KERNELS: readonly QuantisedKernel[] = [...QUANTISED_DEPTHWISE, ...PRODUCT_KERNELS];

/** Names: by subgroups where software adapters have them, on GPUs through workgroup memory; elsewhere as the list has it. */
export function preferredProductKernels(conv: QuantisedConv, device: DeviceProfile): readonly string[] {
  return device.adapterClass === 'software' ? softwareColumns(conv, device) : preferredQuantisedTiles(conv, device);
}

/** Names of convolutions' kernels. */
export function preferredConvKernels(conv: QuantisedConv, device: DeviceProfile): readonly string[] {
  return isQuantisedDepthwise(conv) ? preferredQuantisedDepthwise(conv, device) : preferredProductKernels(conv, device);
}

/** The dispatches by the first of the convolutions' kernels that takes it. */
export function convCalls(conv: QuantisedConv, device: DeviceProfile): readonly QuantisedCall[] | undefined {
  const preferred = preferredConvKernels(conv, device);
  const named = preferred.flatMap((name) => CONV_KERNELS.filter((kernel) => kernel.name === name));
  for (const { calls } of [...named, ...CONV_KERNELS]) {
    const made = calls(conv, device);
    if (made) return made;
  }
  return undefined;
}
