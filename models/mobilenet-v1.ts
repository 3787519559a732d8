/** MobileNet v1 (arXiv:1704.04861): depthwise separable convolutions, thinned by a width multiplier. */
import type { Graph } from '../src/ir/graph.ts';
import { RELU6 } from '../src/ir/ops.ts';
import { InputError } from '../src/core/errors.ts';
import { Net, netOptions, type NetOptions } from './blocks.ts';

/** Options of `mobilenetV1`. */
export interface MobilenetV1Options extends NetOptions {
  /** Width multiplier α in (0, 1]; the paper has 1, 0.75, 0.5 and 0.25. */
  readonly width?: number;
}

/** Output channels and stride of each separable block. The paper's table prints stride 2 for the last one, where its sizes need 1. */
export const MOBILENET_V1_BLOCKS: readonly (readonly [channels: number, stride: number])[] = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  ...Array.from({ length: 5 }, () => [512, 1] as const),
  [1024, 2],
  [1024, 1],
];

/**
 * Builds MobileNet v1. torchvision has none, so the names are ours, in its style: `features.0.0` (stem convolution),
 * `features.0.1` (its normalisation); in block i `features.i.0` depthwise, `.1` normalisation, `.3` pointwise, `.4`
 * normalisation; `classifier`. The non-linearity is ReLU6, with which the published weights were trained. Padding is
 * symmetric, as in PyTorch. Throws InputError on a width outside (0, 1] and on weights that do not fit.
 */
export function mobilenetV1(options: MobilenetV1Options = {}): Graph {
  const given = netOptions('mobilenetV1', options, { width: 'number' });
  const { width = 1 } = given;
  if (!(width > 0 && width <= 1)) throw new InputError(`width ${width} is outside (0, 1]`);
  const thin = (channels: number): number => Math.max(8, Math.floor(channels * width));
  const net = new Net(`mobilenet_v1_${width}`, given, 1e-3);
  const stem = { name: 'features.0.0', out: thin(32), kernel: 3, stride: 2 };
  let x = net.convNorm(net.input, stem, 'features.0.1', RELU6);
  MOBILENET_V1_BLOCKS.forEach(([channels, stride], i) => {
    const name = `features.${i + 1}`;
    const depthwise = { name: `${name}.0`, out: x.channels, kernel: 3, stride, group: x.channels };
    x = net.convNorm(x, depthwise, `${name}.1`, RELU6);
    x = net.convNorm(x, { name: `${name}.3`, out: thin(channels) }, `${name}.4`, RELU6);
  });
  return net.finish(net.flatten(net.average(x)), 'classifier');
}
