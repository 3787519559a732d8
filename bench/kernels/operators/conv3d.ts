/** Conv over three dimensions: layers of networks for video and scans. Beside the kernels for images, the plain one for volumes. */
import type { Tensor } from '../../../src/core/tensor.ts';
import { GraphBuilder } from '../../../src/ir/builder.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import { NO_ACTIVATION } from '../../../src/ir/ops.ts';
import type { OperatorCase } from './case.ts';
import { uniform } from './feeds.ts';

type Three = readonly [number, number, number];

interface Setting {
  /** Where it is from. */
  readonly name: string;
  readonly size: Three;
  readonly channels: number;
  readonly out: number;
  readonly kernel: Three;
  readonly strides?: Three;
  readonly group?: number;
}

const SETTINGS: readonly Setting[] = [
  { name: 'first layer', size: [8, 56, 56], channels: 3, out: 16, kernel: [3, 3, 3] },
  { name: 'C3D', size: [8, 28, 28], channels: 64, out: 64, kernel: [3, 3, 3] },
  { name: 'strided', size: [8, 28, 28], channels: 64, out: 64, kernel: [3, 3, 3], strides: [2, 2, 2] },
  { name: 'R(2+1)D, planes', size: [8, 28, 28], channels: 64, out: 64, kernel: [1, 3, 3] },
  { name: 'R(2+1)D, depth', size: [8, 28, 28], channels: 64, out: 64, kernel: [3, 1, 1] },
  { name: 'depthwise', size: [8, 28, 28], channels: 64, out: 64, kernel: [3, 3, 3], group: 64 },
  { name: 'ResNeXt', size: [8, 28, 28], channels: 64, out: 64, kernel: [3, 3, 3], group: 8 },
];

/** The cases on the command line. */
export const conv3dCases: readonly OperatorCase[] = SETTINGS.map((setting) => ({
  title: titleOf(setting),
  graph: () => graphOf(setting),
  feeds: () => ({ x: inputOf(setting) }),
  images: ['x', 'y'],
  forms: [
    { name: 'tilewise', engine: 'tilewise' },
    { name: 'volume', engine: 'tilewise', forced: { Conv: 'volume' } },
    { name: 'onnxruntime-web WASM', engine: 'ort-wasm' },
    { name: 'onnxruntime-web WebGPU', engine: 'ort-webgpu' },
  ],
}));

function titleOf({ name, size, channels, out, kernel, strides = [1, 1, 1] }: Setting): string {
  return `${name}: ${size.join('×')}×${channels} → ${out}, kernel ${kernel.join('×')}, strides ${strides.join('×')}`;
}

function inputOf({ size, channels }: Setting): Tensor {
  return uniform([1, ...size, channels], 1);
}

function graphOf(setting: Setting): Graph {
  const { size, channels, out, kernel, strides = [1, 1, 1], group = 1 } = setting;
  const b = new GraphBuilder('conv3d');
  const x = b.input('x', 'float32', [1, ...size, channels]);
  const w = b.constant('w', uniform([...kernel, channels / group, out], 2));
  const pads = kernel.map((k) => (k - 1) / 2);
  b.add(
    'Conv',
    [x, w],
    {
      strides,
      dilations: [1, 1, 1],
      pads: [...pads, ...pads],
      padMode: 'explicit',
      group,
      activation: NO_ACTIVATION,
    },
    { outputs: ['y'] },
  );
  b.output('y');
  return b.build();
}
