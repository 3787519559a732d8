/** Windows that no device could slide: refused by name, with the limit, before anything is made of their numbers. */
import { describe, expect, it } from 'vitest';
import { zeros } from '../../src/core/tensor.ts';
import { ShapeError } from '../../src/core/errors.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { NO_ACTIVATION, type PoolWindow } from '../../src/ir/ops.ts';
import { MAX_REACH, MAX_TAPS } from '../../src/ir/shapes/window-limits.ts';
import { inferShapes } from '../../src/passes/infer-shapes.ts';
import { resolvePadding } from '../../src/passes/resolve-pads.ts';
import { planGraph } from '../../src/plan/plan-graph.ts';
import { importOnnx } from '../helpers/import-onnx.ts';
import { encodeModel } from '../helpers/onnx-bytes.ts';
import { PLAN_PROFILES } from '../helpers/plan-texts.ts';
import '../helpers/every-operator.ts';

type Change = Partial<PoolWindow>;

const window: PoolWindow = {
  kernel: [3, 3],
  strides: [1, 1],
  dilations: [1, 1],
  pads: [1, 1, 1, 1],
  padMode: 'explicit',
  ceilMode: false,
};

/** One node on a map of 5×6×4, whose window is changed. */
const NODES: Readonly<Record<string, (b: GraphBuilder, x: string, change: Change) => string>> = {
  depthwise: (b, x, change) => {
    const w = b.initializer('w', zeros('float32', [3, 3, 1, 4]));
    return b.one('Conv', [x, w], { ...window, ...change, group: 4, activation: NO_ACTIVATION }, { name: 'n' });
  },
  dense: (b, x, change) => {
    const w = b.initializer('w', zeros('float32', [3, 3, 4, 4]));
    return b.one('Conv', [x, w], { ...window, ...change, group: 1, activation: NO_ACTIVATION }, { name: 'n' });
  },
  transposed: (b, x, { padMode, ...change }) => {
    const w = b.initializer('w', zeros('float32', [3, 3, 4, 4]));
    const { strides, dilations, pads } = { ...window, ...change };
    const own = { autoPad: padMode ?? 'explicit', outputPads: [0, 0], outputShape: [], group: 1 } as const;
    return b.one(
      'ConvTranspose',
      [x, w],
      { strides, dilations, pads, ...own, activation: NO_ACTIVATION },
      { name: 'n' },
    );
  },
  max: (b, x, change) => b.one('MaxPool', [x], { ...window, ...change }, { name: 'n' }),
  average: (b, x, change) => b.one('AveragePool', [x], { ...window, ...change, countIncludePad: true }, { name: 'n' }),
  norm: (b, x, change) => b.one('LpPool', [x], { ...window, ...change, p: 2 }, { name: 'n' }),
  position: (b, x, change) => b.one('ArgMaxPool', [x], { ...window, ...change, storageOrder: 'row' }, { name: 'n' }),
};

function graphOf(kind: string, change: Change): ReturnType<GraphBuilder['build']> {
  const b = new GraphBuilder('window');
  const x = b.input('x', 'float32', [1, 5, 6, 4]);
  b.output(NODES[kind]?.(b, x, change) ?? x);
  return b.build();
}

const HUGE = [MAX_REACH + 1, 2 ** 31, 2 ** 32 + 1, 2 ** 53];

const CHANGES: readonly (readonly [name: string, of: (v: number) => Change])[] = [
  ['strides', (v) => ({ strides: [1, v] })],
  ['dilations', (v) => ({ dilations: [v, 1] })],
  ['pads', (v) => ({ pads: [1, 1, 1, v] })],
];

describe.each(Object.keys(NODES))('%s', (kind) => {
  it.each(CHANGES.flatMap(([name, of]) => HUGE.map((v) => ({ name, v, change: of(v) }))))(
    'refuses $name of $v',
    ({ name, change }) => {
      const infer = (): unknown => inferShapes(graphOf(kind, change));
      expect(infer).toThrow(ShapeError);
      expect(infer).toThrow(new RegExp(`node "n" .*${name}.* from [01] to ${MAX_REACH}`));
    },
  );

  it('refuses a kernel that reaches too far, also where padding would be made for it', () => {
    const change = { dilations: [MAX_REACH / 2, 1], padMode: 'sameUpper' } as const;
    expect(() => inferShapes(graphOf(kind, change))).toThrow(`reach over ${MAX_REACH}`);
  });
});

describe.each(['max', 'average', 'norm', 'position'])('%s', (kind) => {
  it('refuses kernels of too many elements', () => {
    const kernel = [MAX_TAPS / 2, 3];
    const pads = [MAX_TAPS / 2 - 1, 1, MAX_TAPS / 2 - 1, 1];
    expect(() => inferShapes(graphOf(kind, { kernel, pads }))).toThrow(`at ${MAX_TAPS} elements at most`);
  });
});

describe('strides within the limit', () => {
  it.each(Object.keys(NODES).filter((kind) => kind !== 'transposed'))('make short texts: %s', (kind) => {
    const graph = resolvePadding(inferShapes(graphOf(kind, { strides: [MAX_REACH, MAX_REACH] })));
    for (const device of Object.values(PLAN_PROFILES)) {
      const texts = planGraph(graph, device).steps.map((step) => JSON.stringify(step).length);
      expect(Math.max(...texts)).toBeLessThan(50_000);
    }
  });
});

it('ONNX files are no exception', async () => {
  const attributes = { kernel_shape: { ints: [3, 3] }, strides: { ints: [1n, 2n ** 62n] } };
  const node = { op: 'MaxPool', name: 'pool', inputs: ['x'], outputs: ['y'], attributes };
  const inputs = [{ name: 'x', dtype: 'float32', shape: [1, 4, 5, 6] }] as const;
  const graph = await importOnnx(encodeModel({ opset: 13, inputs, outputs: ['y'], nodes: [node] }));
  expect(() => inferShapes(graph)).toThrow(/node "pool" .*strides/);
});
