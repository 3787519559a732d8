/** DeformConv of version 2, as detectors have it: beside it the convolution of the same extents that does not look elsewhere. */
import { NO_ACTIVATION } from '../../../src/ir/ops.ts';
import { GraphBuilder } from '../../../src/ir/builder.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import type { Tensor } from '../../../src/core/tensor.ts';
import type { OperatorCase } from './case.ts';
import { uniform } from './feeds.ts';

interface Setting {
  readonly size: number;
  readonly channels: number;
}

const SETTINGS: readonly Setting[] = [
  { size: 38, channels: 256 },
  { size: 56, channels: 64 },
];

/** Extents of the kernel. */
const KERNEL = 3;

/** The cases on the command line. */
export const deformConvCases: readonly OperatorCase[] = SETTINGS.map((setting) => ({
  title: `${setting.size}×${setting.size}×${setting.channels} → ${setting.channels}, kernel ${KERNEL}`,
  graph: () => graphOf(setting),
  feeds: () => feedsOf(setting),
  images: ['x', 'offset', 'mask', 'y'],
  forms: [
    { name: 'tilewise', engine: 'tilewise' },
    {
      name: 'Conv, not deformed',
      engine: 'tilewise',
      other: true,
      graph: () => plainGraph(setting),
      feeds: () => ({ x: inputOf(setting) }),
    },
    { name: 'in one', engine: 'tilewise', forced: { DeformConv: 'direct' } },
    { name: 'onnxruntime-web WASM', engine: 'ort-wasm' },
  ],
}));

const WINDOW = { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], group: 1, activation: NO_ACTIVATION };

function inputOf({ size, channels }: Setting): Tensor {
  return uniform([1, size, size, channels], 1);
}

function weightsOf({ channels }: Setting): Tensor {
  return uniform([KERNEL, KERNEL, channels, channels], 2);
}

/** Offsets of up to a pixel to either side, as trained networks mostly have. */
function feedsOf(setting: Setting): Record<string, Tensor> {
  const { size } = setting;
  const taps = KERNEL * KERNEL;
  return {
    x: inputOf(setting),
    offset: uniform([1, size, size, 2 * taps], 3),
    mask: uniform([1, size, size, taps], 4),
  };
}

function graphOf(setting: Setting): Graph {
  const { size, channels } = setting;
  const taps = KERNEL * KERNEL;
  const b = new GraphBuilder('deform-conv');
  const x = b.input('x', 'float32', [1, size, size, channels]);
  const offset = b.input('offset', 'float32', [1, size, size, 2 * taps]);
  const mask = b.input('mask', 'float32', [1, size, size, taps]);
  const w = b.constant('w', weightsOf(setting));
  b.add('DeformConv', [x, w, offset, '', mask], { ...WINDOW, offsetGroup: 1 }, { outputs: ['y'] });
  b.output('y');
  return b.build();
}

function plainGraph(setting: Setting): Graph {
  const { size, channels } = setting;
  const b = new GraphBuilder('conv');
  const x = b.input('x', 'float32', [1, size, size, channels]);
  const w = b.constant('w', weightsOf(setting));
  b.add('Conv', [x, w], { ...WINDOW, padMode: 'explicit' }, { outputs: ['y'] });
  b.output('y');
  return b.build();
}
