/** Recurrent layers: a step of a streaming network, its layers and a mask behind them, and whole sequences. */
import { GraphBuilder } from '../../../src/ir/builder.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import { NO_ACTIVATION } from '../../../src/ir/ops.ts';
import type { Tensor } from '../../../src/core/tensor.ts';
import type { Form, OperatorCase } from './case.ts';
import { uniform } from './feeds.ts';

interface Setting {
  readonly steps: number;
  readonly batch: number;
  readonly inputs: number;
  readonly units: number;
  readonly layers: number;
  /** Walks both ways, so that the layer behind has twice as many inputs. */
  readonly bidirectional?: boolean;
  /** The states of a run are those that the one before left. */
  readonly streams?: boolean;
}

const LSTM_SETTINGS: readonly Setting[] = [
  // Of speech enhancement: 257 bins of a spectrum, a frame a run.
  { steps: 1, batch: 1, inputs: 257, units: 128, layers: 2, streams: true },
  { steps: 100, batch: 1, inputs: 257, units: 128, layers: 2 },
  { steps: 32, batch: 8, inputs: 64, units: 64, layers: 1 },
  // Of silero, which hears whether somebody speaks: the fifth version a frame a run, those before some.
  { steps: 1, batch: 1, inputs: 128, units: 128, layers: 1, streams: true },
  { steps: 7, batch: 1, inputs: 64, units: 64, layers: 2, streams: true },
];

const GRU_SETTINGS: readonly Setting[] = [
  // Of gtcrn: across the bands of a frame, and along time for each.
  { steps: 33, batch: 1, inputs: 8, units: 4, layers: 1, bidirectional: true },
  { steps: 1, batch: 33, inputs: 8, units: 8, layers: 1, streams: true },
  { steps: 1, batch: 1, inputs: 8, units: 16, layers: 1, streams: true },
  { steps: 1, batch: 1, inputs: 257, units: 128, layers: 2, streams: true },
  { steps: 100, batch: 1, inputs: 257, units: 128, layers: 2 },
  { steps: 32, batch: 8, inputs: 64, units: 64, layers: 1 },
];

/** Cases of LSTM on the command line. */
export const lstmBenchCases: readonly OperatorCase[] = LSTM_SETTINGS.map((setting) => recurrentCase('LSTM', setting));

/** Cases of GRU on the command line. */
export const gruBenchCases: readonly OperatorCase[] = GRU_SETTINGS.map((setting) => recurrentCase('GRU', setting));

type Cell = 'LSTM' | 'GRU';

/** Names of the states of a layer. */
function statesOf(cell: Cell, layer: number): string[] {
  return (cell === 'LSTM' ? ['h', 'c'] : ['h']).map((name) => `${name}${layer}`);
}

function recurrentCase(cell: Cell, setting: Setting): OperatorCase {
  const { steps, batch, inputs, units, layers, bidirectional, streams } = setting;
  const names = Array.from({ length: layers }, (_, layer) => statesOf(cell, layer)).flat();
  const kept: Form[] = [
    { name: 'tilewise, states kept', engine: 'tilewise', keeps: true },
    { name: 'onnxruntime-web WebGPU, states kept', engine: 'ort-webgpu', keeps: true },
  ];
  const both = bidirectional ? ' both ways' : '';
  return {
    title: `${layers} of ${units}${both} on ${inputs}, ${steps} steps, batch ${batch}`,
    graph: () => masked(cell, setting),
    feeds: () => feedsOf(cell, setting),
    // Steps write over states that they begin with.
    byValues: true,
    states: Object.fromEntries(names.map((name) => [name, `${name} next`])),
    forms: [
      { name: 'tilewise', engine: 'tilewise' },
      { name: 'onnxruntime-web WebGPU', engine: 'ort-webgpu' },
      ...(streams ? kept : []),
      { name: 'onnxruntime-web WASM', engine: 'ort-wasm' },
    ],
  };
}

function feedsOf(cell: Cell, { steps, batch, inputs, units, layers, bidirectional }: Setting): Record<string, Tensor> {
  const feeds: Record<string, Tensor> = { x: uniform([steps, batch, inputs], 1) };
  for (let layer = 0; layer < layers; layer++) {
    statesOf(cell, layer).forEach((name, i) => {
      feeds[name] = uniform([bidirectional ? 2 : 1, batch, units], 2 + layer + 10 * i);
    });
  }
  return feeds;
}

const SIGMOID = { kind: 'sigmoid', alpha: 0, beta: 0 } as const;
const TANH = { kind: 'tanh', alpha: 0, beta: 0 } as const;

/** The layers with their states, and a mask of as many bins as came in. */
function masked(cell: Cell, { steps, batch, inputs, units, layers, bidirectional = false }: Setting): Graph {
  const b = new GraphBuilder('masked');
  const directions = bidirectional ? 2 : 1;
  const rows = (cell === 'LSTM' ? 4 : 3) * units;
  let x = b.input('x', 'float32', [steps, batch, inputs]);
  for (let layer = 0; layer < layers; layer++) {
    const width = layer === 0 ? inputs : directions * units;
    const weights = (stem: string, shape: readonly number[]): string =>
      b.constant(stem, uniform(shape, 20 + layer, -0.2, 0.2));
    const states = statesOf(cell, layer).map((name) => b.input(name, 'float32', [directions, batch, units]));
    const own = [
      weights('w', [directions, rows, width]),
      weights('r', [directions, rows, units]),
      weights('b', [directions, 2 * rows]),
    ];
    const outputs = [`y${layer} next`, ...states.map((name) => `${name} next`)];
    const [y = '', ...last] = addCell(b, cell, { inputs: [x, ...own, '', ...states], outputs, bidirectional });
    for (const state of last) b.output(state);
    const turned = b.one('Transpose', [y], { perm: [0, 2, 1, 3] });
    x = b.one('Reshape', [turned, b.ints('shape', [steps, batch, directions * units])], { allowZero: false });
  }
  const mask = b.constant('mask', uniform([directions * units, inputs], 40, -0.2, 0.2));
  const scores = b.one('MatMul', [x, mask], { transA: false, transB: false, activation: NO_ACTIVATION });
  b.output(b.one('Activation', [scores], { activation: SIGMOID }, { outputs: ['y'] }));
  return b.build();
}

function addCell(
  b: GraphBuilder,
  cell: Cell,
  {
    inputs,
    outputs,
    bidirectional,
  }: { readonly inputs: readonly string[]; readonly outputs: readonly string[]; readonly bidirectional: boolean },
): readonly string[] {
  const direction = bidirectional ? 'bidirectional' : 'forward';
  const each = cell === 'LSTM' ? [SIGMOID, TANH, TANH] : [SIGMOID, TANH];
  const shared = { direction, functions: bidirectional ? [...each, ...each] : each, clip: Infinity } as const;
  if (cell === 'LSTM') return b.add('LSTM', inputs, { ...shared, inputForget: false }, { outputs });
  return b.add('GRU', inputs, { ...shared, linearBeforeReset: true }, { outputs });
}
