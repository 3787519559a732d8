/** Resize by filters wider than two elements: cubic up-sampling, and antialiased down-sampling. */
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { GraphBuilder } from '../../../src/ir/builder.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import { PLAIN_RESIZE } from '../../../src/ir/shapes/resize.ts';
import type { OperatorCase } from './case.ts';
import { uniform } from './feeds.ts';

interface Setting {
  readonly from: number;
  readonly to: number;
  readonly channels: number;
  readonly mode: 'linear' | 'cubic';
  readonly antialias: boolean;
}

const SETTINGS: readonly Setting[] = [
  { from: 64, to: 128, channels: 64, mode: 'cubic', antialias: false },
  { from: 128, to: 256, channels: 3, mode: 'cubic', antialias: false },
  { from: 256, to: 112, channels: 16, mode: 'linear', antialias: true },
  { from: 256, to: 112, channels: 16, mode: 'cubic', antialias: true },
  { from: 512, to: 224, channels: 3, mode: 'linear', antialias: true },
  { from: 512, to: 224, channels: 1, mode: 'cubic', antialias: true },
];

/** The cases on the command line. */
export const resizeBenchCases: readonly OperatorCase[] = SETTINGS.map((setting) => ({
  title: `${setting.from}² → ${setting.to}², ${setting.channels} channels, ${setting.mode}${setting.antialias ? ', antialias' : ''}`,
  graph: () => graphOf(setting),
  feeds: () => ({ x: inputOf(setting) }),
  images: ['x', 'y'],
  forms: [
    { name: 'tilewise', engine: 'tilewise' },
    { name: 'onnxruntime-web WASM', engine: 'ort-wasm' },
  ],
}));

function inputOf({ from, channels }: Setting): Tensor {
  return uniform([1, from, from, channels], 1);
}

function graphOf({ from, to, channels, mode, antialias }: Setting): Graph {
  const b = new GraphBuilder('resize');
  const x = b.input('x', 'float32', [1, from, from, channels]);
  const sizes = b.constant('sizes', tensorOf('int64', [2], [to, to]));
  b.add('Resize', [x, '', sizes], { ...PLAIN_RESIZE, axes: [1, 2], mode, antialias }, { outputs: ['y'] });
  b.output('y');
  return b.build();
}
