/** TopK of one long row, from a few to a tenth of it, and of many short ones. */
import { tensorOf } from '../../../src/core/tensor.ts';
import { GraphBuilder } from '../../../src/ir/builder.ts';
import type { Graph } from '../../../src/ir/graph.ts';
import type { OperatorCase } from './case.ts';
import { uniform } from './feeds.ts';

interface Setting {
  readonly rows: number;
  readonly n: number;
  readonly k: number;
}

const SETTINGS: readonly Setting[] = [
  { rows: 1, n: 100_000, k: 10 },
  { rows: 1, n: 100_000, k: 1000 },
  { rows: 1, n: 100_000, k: 10_000 },
  { rows: 1000, n: 1000, k: 100 },
];

/** The cases on the command line. */
export const topKBenchCases: readonly OperatorCase[] = SETTINGS.map((setting) => ({
  title: `${setting.k} of ${setting.n}, ${setting.rows} rows`,
  graph: () => best(setting),
  feeds: () => ({ x: uniform([setting.rows, setting.n], 1) }),
  byValues: true,
  forms: [
    { name: 'tilewise', engine: 'tilewise' },
    { name: 'onnxruntime-web WASM', engine: 'ort-wasm' },
  ],
}));

function best({ rows, n, k }: Setting): Graph {
  const b = new GraphBuilder('best');
  const x = b.input('x', 'float32', [rows, n]);
  const count = b.constant('k', tensorOf('int64', [1], [k]));
  b.add('TopK', [x, count], { axis: -1, largest: true }, { outputs: ['values', 'indices'] });
  b.output('values');
  b.output('indices');
  return b.build();
}
