/** Deformable convolutions with masks (Zhu et al., arXiv:1811.11168), whose offsets another convolution computes. Names are mmcv's. */
import { NO_ACTIVATION } from '../src/ir/ops.ts';
import type { Feature, Net } from './blocks.ts';
import { channelsLastKernel } from './layouts.ts';
import { SIGMOID } from './maps.ts';

/** One deformable convolution, of zeros around the plane that keep its extents at stride 1. */
export interface DeformableSpec {
  /** Parameter name, without `.weight`. */
  readonly name: string;
  readonly out: number;
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
}

/** A deformable convolution without bias. `NAME.conv_offset` gives two offsets of each tap, down before across, then the masks. */
export function deformable(net: Net, x: Feature, spec: DeformableSpec): Feature {
  const { name, out, kernel, stride, dilation } = spec;
  const { builder: b } = net;
  const taps = kernel * kernel;
  const moves = net.conv(x, { ...spec, name: `${name}.conv_offset`, out: 3 * taps, bias: true });
  const [offsets = '', masks = ''] = b.add(
    'Split',
    [moves.name],
    { axis: 3, sizes: [2 * taps, taps] },
    { outputCount: 2 },
  );
  const weights = net.weights.get(`${name}.weight`, [out, x.channels, kernel, kernel]);
  const mask = b.one('Activation', [masks], { activation: SIGMOID });
  const pad = (dilation * (kernel - 1)) / 2;
  const y = b.one(
    'DeformConv',
    [x.name, b.initializer(`${name}.weight`, channelsLastKernel(weights)), offsets, '', mask],
    {
      strides: [stride, stride],
      dilations: [dilation, dilation],
      pads: [pad, pad, pad, pad],
      group: 1,
      offsetGroup: 1,
      activation: NO_ACTIVATION,
    },
  );
  return { name: y, channels: out };
}
