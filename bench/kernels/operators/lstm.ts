/** Recurrent layers: a step of a streaming network, its layers and a mask behind them, and whole sequences. */
import { GraphBuilder } from '../../../src/ir/builder.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import { NO_ACTIVATION } from '../../../src/ir/ops.ts';
import type { Tensor } from '../../../src/core/tensor.ts';
import type { OperatorCase } from './case.ts';
import { uniform } from './feeds.ts';

interface Setting {
  readonly steps: number;
  readonly batch: number;
  readonly inputs: number;
  readonly units: number;
  readonly layers: number;
}

const SETTINGS: readonly Setting[] = [
  // Of speech enhancement: 257 bins of a spectrum, a frame a run.
  { steps: 1, batch: 1, inputs: 257, units: 128, layers: 2 },
  { steps: 100, batch: 1, inputs: 257, units: 128, layers: 2 },
  { steps: 32, batch: 8, inputs: 64, units: 64, layers: 1 },
];

/** The cases on the command line. */
export const lstmBenchCases: readonly OperatorCase[] = SETTINGS.map((setting) => ({
  title: `${setting.layers} of ${setting.units} on ${setting.inputs}, ${setting.steps} steps, batch ${setting.batch}`,
  graph: () => masked(setting),
  feeds: () => feedsOf(setting),
  // Steps write over states that they begin with.
  byValues: true,
  forms: [
    { name: 'tilewise', engine: 'tilewise' },
    { name: 'onnxruntime-web WebGPU', engine: 'ort-webgpu' },
    { name: 'onnxruntime-web WASM', engine: 'ort-wasm' },
  ],
}));

function feedsOf({ steps, batch, inputs, units, layers }: Setting): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = { x: uniform([steps, batch, inputs], 1) };
  for (let layer = 0; layer < layers; layer++) {
    feeds[`h${layer}`] = uniform([1, batch, units], 2 + layer);
    feeds[`c${layer}`] = uniform([1, batch, units], 12 + layer);
  }
  return feeds;
}

/** The layers with their states, and a mask of as many bins as came in. */
function masked({ steps, batch, inputs, units, layers }: Setting): Graph {
  const b = new GraphBuilder('masked');
  const f = { kind: 'sigmoid', alpha: 0, beta: 0 } as const;
  const tanh = { kind: 'tanh', alpha: 0, beta: 0 } as const;
  let x = b.input('x', 'float32', [steps, batch, inputs]);
  for (let layer = 0; layer < layers; layer++) {
    const width = layer === 0 ? inputs : units;
    const weights = (stem: string, shape: readonly number[]): string =>
      b.constant(stem, uniform(shape, 20 + layer, -0.2, 0.2));
    const states = ['h', 'c'].map((name) => b.input(`${name}${layer}`, 'float32', [1, batch, units]));
    const own = [
      weights('w', [1, 4 * units, width]),
      weights('r', [1, 4 * units, units]),
      weights('b', [1, 8 * units]),
    ];
    const outputs = ['y', 'h', 'c'].map((name) => `${name}${layer} next`);
    const attributes = {
      direction: 'forward',
      functions: [f, tanh, tanh],
      clip: Infinity,
      inputForget: false,
    } as const;
    const [y = '', ...last] = b.add('LSTM', [x, ...own, '', ...states], attributes, { outputs });
    for (const state of last) b.output(state);
    x = b.one('Squeeze', [y], { axes: [1] });
  }
  const mask = b.constant('mask', uniform([units, inputs], 40, -0.2, 0.2));
  const scores = b.one('MatMul', [x, mask], { transA: false, transB: false, activation: NO_ACTIVATION });
  const activation = { kind: 'sigmoid', alpha: 0, beta: 0 } as const;
  b.output(b.one('Activation', [scores], { activation }, { outputs: ['y'] }));
  return b.build();
}
