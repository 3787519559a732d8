/**
 * Convolution with holes between its taps, as atrous pyramids and the last stages of DeepLab have it: dense, and depthwise. Beside
 * it the same convolution without holes, which does the same work, and for depthwise ones the kernel that slides over no image.
 */
import type { Tensor } from '../../../src/core/tensor.ts';
import { GraphBuilder } from '../../../src/ir/builder.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import { NO_ACTIVATION } from '../../../src/ir/ops.ts';
import type { OperatorCase } from './case.ts';
import { uniform } from './feeds.ts';

interface Setting {
  readonly size: number;
  readonly channels: number;
  readonly kernel: number;
  readonly dilation: number;
  readonly depthwise: boolean;
}

const SETTINGS: readonly Setting[] = [
  ...[6, 12, 18].map((dilation) => ({ size: 33, channels: 256, kernel: 3, dilation, depthwise: false })),
  ...[2, 4, 6, 12].map((dilation) => ({ size: 33, channels: 384, kernel: 3, dilation, depthwise: true })),
  { size: 65, channels: 96, kernel: 3, dilation: 2, depthwise: true },
  { size: 33, channels: 384, kernel: 5, dilation: 2, depthwise: true },
];

/** The cases on the command line. */
export const dilatedCases: readonly OperatorCase[] = SETTINGS.map((setting) => ({
  title: titleOf(setting),
  graph: () => graphOf(setting),
  feeds: () => ({ x: uniform([1, setting.size, setting.size, setting.channels], 1) }),
  images: ['x', 'y'],
  forms: [
    { name: 'tilewise', engine: 'tilewise' },
    { name: 'undilated', engine: 'tilewise', other: true, graph: () => graphOf({ ...setting, dilation: 1 }) },
    ...(setting.depthwise ? [{ name: 'depthwise', engine: 'tilewise', forced: { Conv: 'depthwise' } } as const] : []),
    { name: 'onnxruntime-web WASM', engine: 'ort-wasm' },
  ],
}));

function titleOf({ size, channels, kernel, dilation, depthwise }: Setting): string {
  return `${size}×${size}×${channels}, ${depthwise ? 'depthwise ' : ''}${kernel}×${kernel}, dilation ${dilation}`;
}

function weightsOf({ kernel, channels, depthwise }: Setting): Tensor {
  return uniform([kernel, kernel, depthwise ? 1 : channels, channels], 2);
}

function graphOf(setting: Setting): Graph {
  const { size, channels, kernel, dilation, depthwise } = setting;
  const b = new GraphBuilder('dilated');
  const x = b.input('x', 'float32', [1, size, size, channels]);
  const w = b.constant('w', weightsOf(setting));
  const pad = ((kernel - 1) / 2) * dilation;
  b.add(
    'Conv',
    [x, w],
    {
      strides: [1, 1],
      dilations: [dilation, dilation],
      pads: [pad, pad, pad, pad],
      padMode: 'explicit',
      group: depthwise ? channels : 1,
      activation: NO_ACTIVATION,
    },
    { outputs: ['y'] },
  );
  b.output('y');
  return b.build();
}
