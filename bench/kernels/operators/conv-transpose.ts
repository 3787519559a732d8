/** ConvTranspose: what up-samples the decoders of segmenters and generators. */
import type { Tensor } from '../../../src/core/tensor.ts';
import { GraphBuilder } from '../../../src/ir/builder.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import { NO_ACTIVATION } from '../../../src/ir/ops.ts';
import type { OperatorCase } from './case.ts';
import { uniform } from './feeds.ts';

interface Setting {
  readonly size: number;
  readonly channels: number;
  readonly out: number;
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
}

const SETTINGS: readonly Setting[] = [
  { size: 32, channels: 128, out: 64, kernel: 4, stride: 2, pad: 1 },
  { size: 32, channels: 128, out: 64, kernel: 2, stride: 2, pad: 0 },
];

/** The cases on the command line. */
export const convTransposeCases: readonly OperatorCase[] = SETTINGS.map((setting) => ({
  title: `${setting.size}×${setting.size}×${setting.channels} → ${setting.out}, kernel ${setting.kernel}, stride ${setting.stride}`,
  graph: () => graphOf(setting),
  feeds: () => ({ x: inputOf(setting) }),
  images: ['x', 'y'],
  forms: [
    { name: 'tilewise', engine: 'tilewise' },
    { name: 'gather', engine: 'tilewise', forced: { ConvTranspose: 'gather' } },
    { name: 'onnxruntime-web WASM', engine: 'ort-wasm' },
  ],
}));

function inputOf({ size, channels }: Setting): Tensor {
  return uniform([1, size, size, channels], 1);
}

function graphOf({ size, channels, out, kernel, stride, pad }: Setting): Graph {
  const b = new GraphBuilder('conv-transpose');
  const x = b.input('x', 'float32', [1, size, size, channels]);
  const w = b.constant('w', uniform([kernel, kernel, channels, out], 2));
  b.add(
    'ConvTranspose',
    [x, w],
    {
      strides: [stride, stride],
      dilations: [1, 1],
      pads: [pad, pad, pad, pad],
      autoPad: 'explicit',
      outputPads: [0, 0],
      outputShape: [],
      group: 1,
      activation: NO_ACTIVATION,
    },
    { outputs: ['y'] },
  );
  b.output('y');
  return b.build();
}
