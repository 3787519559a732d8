/**
 * ConvTranspose: what up-samples the decoders of segmenters and generators. Beside the kernels by phases, the one that gathers,
 * and an ordinary convolution of an input that already has the zeros between its pixels.
 */
import type { Tensor } from '../../../src/core/tensor.ts';
import { GraphBuilder } from '../../../src/ir/builder.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import { NO_ACTIVATION } from '../../../src/ir/ops.ts';
import type { Form, OperatorCase } from './case.ts';
import { uniform } from './feeds.ts';

interface Setting {
  /** Where it is from. */
  readonly name: string;
  readonly size: number;
  readonly channels: number;
  readonly out: number;
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
  readonly outputPad?: number;
  readonly group?: number;
}

const SETTINGS: readonly Setting[] = [
  { name: 'GAN', size: 32, channels: 128, out: 64, kernel: 4, stride: 2, pad: 1 },
  { name: 'GAN, small', size: 16, channels: 256, out: 128, kernel: 4, stride: 2, pad: 1 },
  { name: 'GAN, smaller', size: 8, channels: 512, out: 256, kernel: 4, stride: 2, pad: 1 },
  { name: 'GAN, to a picture', size: 64, channels: 64, out: 3, kernel: 4, stride: 2, pad: 1 },
  { name: 'U-Net', size: 32, channels: 128, out: 64, kernel: 2, stride: 2, pad: 0 },
  { name: 'with output padding', size: 28, channels: 64, out: 32, kernel: 3, stride: 2, pad: 1, outputPad: 1 },
  { name: 'FCN-8s', size: 28, channels: 21, out: 21, kernel: 16, stride: 8, pad: 4 },
  { name: 'FCN-32s, depthwise', size: 7, channels: 21, out: 21, kernel: 64, stride: 32, pad: 16, group: 21 },
  { name: 'depthwise', size: 56, channels: 64, out: 64, kernel: 4, stride: 2, pad: 1, group: 64 },
];

/** Wider kernels take the zero-stuffed form minutes. */
const WIDEST_STUFFED = 4;

/** The cases on the command line. */
export const convTransposeCases: readonly OperatorCase[] = SETTINGS.map((setting) => ({
  title: titleOf(setting),
  graph: () => graphOf(setting),
  feeds: () => ({ x: inputOf(setting) }),
  images: ['x', 'y'],
  forms: [
    { name: 'tilewise', engine: 'tilewise' },
    { name: 'gather', engine: 'tilewise', forced: { ConvTranspose: 'gather' } },
    ...(setting.kernel <= WIDEST_STUFFED ? [stuffedForm(setting)] : []),
    { name: 'onnxruntime-web WASM', engine: 'ort-wasm' },
  ],
}));

function titleOf({ name, size, channels, out, kernel, stride }: Setting): string {
  return `${name}: ${size}×${size}×${channels} → ${out}, kernel ${kernel}, stride ${stride}`;
}

function inputOf({ size, channels }: Setting): Tensor {
  return uniform([1, size, size, channels], 1);
}

function weightsOf({ kernel, channels, out, group = 1 }: Setting): Tensor {
  return uniform([kernel, kernel, channels / group, out], 2);
}

function graphOf(setting: Setting): Graph {
  const { size, channels, stride, pad, outputPad = 0, group = 1 } = setting;
  const b = new GraphBuilder('conv-transpose');
  const x = b.input('x', 'float32', [1, size, size, channels]);
  const w = b.constant('w', weightsOf(setting));
  b.add(
    'ConvTranspose',
    [x, w],
    {
      strides: [stride, stride],
      dilations: [1, 1],
      pads: [pad, pad, pad, pad],
      autoPad: 'explicit',
      outputPads: [outputPad, outputPad],
      outputShape: [],
      group,
      activation: NO_ACTIVATION,
    },
    { outputs: ['y'] },
  );
  b.output('y');
  return b.build();
}

/** The same answer by an ordinary convolution: of the input with zeros between its pixels, by the kernel turned round. */
function stuffedForm(setting: Setting): Form {
  return {
    name: 'zero-stuffed, zeros not counted',
    engine: 'tilewise',
    graph: () => stuffedGraph(setting),
    feeds: () => ({ x: stuffed(setting) }),
  };
}

function stuffedSize({ size, stride }: Setting): number {
  return (size - 1) * stride + 1;
}

function stuffed(setting: Setting): Tensor {
  const { size, channels, stride } = setting;
  const [source, wide] = [inputOf(setting), stuffedSize(setting)];
  const data = new Float32Array(wide * wide * channels);
  for (let pixel = 0; pixel < size * size; pixel++) {
    const [row, column] = [Math.floor(pixel / size) * stride, (pixel % size) * stride];
    const from = pixel * channels;
    data.set((source.data as Float32Array).subarray(from, from + channels), (row * wide + column) * channels);
  }
  return { dtype: 'float32', shape: [1, wide, wide, channels], data };
}

/** The weights from the last tap to the first. */
function turned(setting: Setting): Tensor {
  const weights = weightsOf(setting);
  const data = new Float32Array(weights.data.length);
  const tap = data.length / setting.kernel ** 2;
  for (let at = 0; at < data.length; at += tap) {
    data.set((weights.data as Float32Array).subarray(at, at + tap), data.length - tap - at);
  }
  return { ...weights, data };
}

function stuffedGraph(setting: Setting): Graph {
  const { channels, kernel, pad, outputPad = 0, group = 1 } = setting;
  const wide = stuffedSize(setting);
  const b = new GraphBuilder('zero-stuffed');
  const x = b.input('x', 'float32', [1, wide, wide, channels]);
  const w = b.constant('w', turned(setting));
  const [begin, end] = [kernel - 1 - pad, kernel - 1 - pad + outputPad];
  b.add(
    'Conv',
    [x, w],
    {
      strides: [1, 1],
      dilations: [1, 1],
      pads: [begin, begin, end, end],
      padMode: 'explicit',
      group,
      activation: NO_ACTIVATION,
    },
    { outputs: ['y'] },
  );
  b.output('y');
  return b.build();
}
