/** ArgMax over the channels of a segmenter's scores, beside a function of each element, which reads and writes all of them. */
import { GraphBuilder } from '../../../src/ir/builder.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import { RELU } from '../../../src/ir/ops.ts';
import type { OperatorCase } from './case.ts';
import { uniform } from './feeds.ts';

interface Setting {
  readonly size: number;
  readonly channels: number;
}

const SETTINGS: readonly Setting[] = [
  { size: 256, channels: 19 },
  { size: 256, channels: 21 },
  { size: 128, channels: 150 },
];

/** The cases on the command line. */
export const argMaxCases: readonly OperatorCase[] = SETTINGS.map(({ size, channels }) => ({
  title: `${size}², ${channels} channels`,
  graph: () => labels({ size, channels }),
  feeds: () => ({ x: uniform([1, size, size, channels], 1) }),
  images: [],
  forms: [
    { name: 'tilewise', engine: 'tilewise' },
    { name: 'all elements', engine: 'tilewise', other: true, graph: () => relu({ size, channels }) },
    { name: 'onnxruntime-web WASM', engine: 'ort-wasm' },
  ],
}));

function labels({ size, channels }: Setting): Graph {
  const b = new GraphBuilder('labels');
  const x = b.input('x', 'float32', [1, size, size, channels]);
  b.output(
    b.one(
      'ArgReduce',
      [x],
      { kind: 'max', axis: -1, keepDims: false, last: false, dtype: 'int64' },
      { outputs: ['y'] },
    ),
  );
  return b.build();
}

function relu({ size, channels }: Setting): Graph {
  const b = new GraphBuilder('relu');
  const x = b.input('x', 'float32', [1, size, size, channels]);
  b.output(b.one('Activation', [x], { activation: RELU }, { outputs: ['y'] }));
  return b.build();
}
