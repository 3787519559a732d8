/** Recognised patterns: every spelling we know of, and near misses that must stay. */
import { describe, expect, it } from 'vitest';
import { tensorOf } from '../../src/core/tensor.ts';
import type { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import type { ActivationKind, BinaryKind } from '../../src/ir/ops.ts';
import { NO_ACTIVATION, RELU } from '../../src/ir/ops.ts';
import { recogniseChannelShuffle } from '../../src/passes/patterns/channel-shuffle.ts';
import { mergeClips } from '../../src/passes/patterns/clip-chain.ts';
import { recogniseGelu } from '../../src/passes/patterns/gelu.ts';
import { recogniseHardSigmoid } from '../../src/passes/patterns/hard-sigmoid.ts';
import { recogniseHardSwish } from '../../src/passes/patterns/hard-swish.ts';
import { recogniseSplitShuffle } from '../../src/passes/patterns/split-shuffle.ts';
import { recogniseSwish } from '../../src/passes/patterns/swish.ts';
import { recogniseUniformPRelu } from '../../src/passes/patterns/uniform-prelu.ts';
import { applyPass, graphOf, printNodes } from '../helpers/passes.ts';

type Fill = (e: Expressions, x: string) => string | readonly string[];

/** Short hand for elementwise graphs: numbers stand for scalar constants. */
class Expressions {
  readonly b: GraphBuilder;
  constructor(b: GraphBuilder) {
    this.b = b;
  }
  value(v: string | number): string {
    return typeof v === 'string' ? v : this.b.constant('c', tensorOf('float32', [], [v]));
  }
  of(kind: BinaryKind, a: string | number, b: string | number): string {
    return this.b.one('Binary', [this.value(a), this.value(b)], { kind, activation: NO_ACTIVATION });
  }
  act(kind: ActivationKind, x: string, alpha = 0, beta = 0): string {
    return this.b.one('Activation', [x], { activation: { kind, alpha, beta } });
  }
  reshape(x: string, shape: readonly number[]): string {
    return this.b.one('Reshape', [x, this.b.ints('shape', shape)], { allowZero: false });
  }
}

/** The nodes after the pass, the graph's output called y. */
function dump(pass: (g: Graph) => Graph, fill: Fill, shape: readonly number[] = [2, 3]): string {
  return printNodes(applyPass(pass, graphFor(fill, shape)));
}

function expectUntouched(pass: (g: Graph) => Graph, fill: Fill, shape: readonly number[] = [2, 3]): void {
  const graph = graphFor(fill, shape);
  expect(applyPass(pass, graph)).toBe(graph);
}

function graphFor(fill: Fill, shape: readonly number[]): Graph {
  return graphOf((b) =>
    [fill(new Expressions(b), b.input('x', 'float32', shape))]
      .flat()
      .map((v, i) => b.one('Unary', [v], { kind: 'neg' }, { outputs: [`out${i}`] })),
  );
}

/** The expected text of one activation of x, negated: what `dump` gives when all else went. */
function onlyActivation(text: string): RegExp {
  return new RegExp(
    `^(\\S+) = Activation\\(x\\) activation=${text} : float32 2x3\nout0 = Unary\\(\\1\\) kind="neg" : float32 2x3$`,
  );
}

describe('clip chains', () => {
  it.each<[string, string, Fill]>([
    ['max(x, 0)', 'relu', (e, x) => e.of('max', x, 0)],
    ['min(max(x, -1), 1)', 'clip\\(-1,1\\)', (e, x) => e.of('min', e.of('max', x, -1), 1)],
    ['max(2, min(x, 5))', 'clip\\(2,5\\)', (e, x) => e.of('max', 2, e.of('min', x, 5))],
    ['relu of relu', 'relu', (e, x) => e.act('relu', e.act('relu', x))],
    ['relu, then at most 6', 'clip\\(0,6\\)', (e, x) => e.of('min', e.act('relu', x), 6)],
    ['clip inside clip', 'clip\\(-1,2\\)', (e, x) => e.act('clip', e.act('clip', x, -3, 2), -1, 4)],
    ['disjoint clips', 'clip\\(4,4\\)', (e, x) => e.act('clip', e.act('clip', x, 0, 1), 4, 6)],
  ])('%s', (_, text, fill) => expect(dump(mergeClips, fill)).toMatch(onlyActivation(text)));

  it.each<[string, Fill]>([
    ['a lone minimum', (e, x) => e.of('min', x, 6)],
    ['a maximum of two values', (e, x) => e.of('max', x, e.act('tanh', x))],
    ['a lone clip', (e, x) => e.act('clip', x, 0, 1)],
  ])('leaves %s', (_, fill) => expectUntouched(mergeClips, fill));

  it('leaves a chain whose middle is read elsewhere', () => {
    expectUntouched(mergeClips, (e, x) => {
      const inner = e.act('relu', x);
      return [inner, e.act('clip', inner, -1, 1)];
    });
  });
});

const SIXTH = '0.1666\\d+';

describe('hard-sigmoid', () => {
  it.each<[string, string, Fill]>([
    [
      'clip(x + 3, 0, 6) / 6',
      `hardSigmoid\\(${SIXTH},0.5\\)`,
      (e, x) => e.of('div', e.act('clip', e.of('add', x, 3), 0, 6), 6),
    ],
    [
      'float32(1/6) · clip(3 + x, 0, 6)',
      `hardSigmoid\\(${SIXTH},0.5\\d*\\)`,
      (e, x) => e.of('mul', 0.1666666716337204, e.act('clip', e.of('add', 3, x), 0, 6)),
    ],
    [
      'clip(0.25·x + 0.5, 0, 1)',
      'hardSigmoid\\(0.25,0.5\\)',
      (e, x) => e.act('clip', e.of('add', e.of('mul', x, 0.25), 0.5), 0, 1),
    ],
    ['clip(1 − x, 0, 1)', 'hardSigmoid\\(-1,1\\)', (e, x) => e.act('clip', e.of('sub', 1, x), 0, 1)],
  ])('%s', (_, text, fill) => expect(dump(recogniseHardSigmoid, fill)).toMatch(onlyActivation(text)));

  it.each<[string, Fill]>([
    ['a plain clip to 0…1', (e, x) => e.act('clip', x, 0, 1)],
    ['a range that does not end at 1', (e, x) => e.of('div', e.act('clip', e.of('add', x, 3), 0, 6), 5)],
    ['a range that does not start at 0', (e, x) => e.act('clip', e.of('add', x, 3), -1, 1)],
  ])('leaves %s', (_, fill) => expectUntouched(recogniseHardSigmoid, fill));
});

const gate = (e: Expressions, x: string): string => e.act('clip', e.of('add', x, 3), 0, 6);

describe('hard-swish', () => {
  it.each<[string, Fill]>([
    ['x·(clip(x + 3, 0, 6) / 6)', (e, x) => e.of('mul', x, e.of('div', gate(e, x), 6))],
    ['(x·clip(x + 3, 0, 6)) / 6', (e, x) => e.of('div', e.of('mul', x, gate(e, x)), 6)],
    ['(clip(x + 3, 0, 6)·x)·float32(1/6)', (e, x) => e.of('mul', e.of('mul', gate(e, x), x), Math.fround(1 / 6))],
    ['(x / 6)·clip(x + 3, 0, 6)', (e, x) => e.of('mul', e.of('div', x, 6), gate(e, x))],
    ['x·hardSigmoid(x, 1/6, 1/2)', (e, x) => e.of('mul', e.act('hardSigmoid', x, Math.fround(1 / 6), 0.5), x)],
  ])('%s', (_, fill) => expect(dump(recogniseHardSwish, fill)).toMatch(onlyActivation('hardSwish')));

  it.each<[string, Fill]>([
    ['the gate of another value', (e, x) => e.of('div', e.of('mul', e.act('tanh', x), gate(e, x)), 6)],
    ['an offset of 2', (e, x) => e.of('div', e.of('mul', x, e.act('clip', e.of('add', x, 2), 0, 6)), 6)],
    ['a slope of 0.2', (e, x) => e.of('mul', x, e.act('hardSigmoid', x, 0.2, 0.5))],
    ['a missing sixth', (e, x) => e.of('mul', x, gate(e, x))],
  ])('leaves %s', (_, fill) => expectUntouched(recogniseHardSwish, fill));
});

describe('swish', () => {
  it.each<[string, Fill]>([
    ['x·sigmoid(x)', (e, x) => e.of('mul', x, e.act('sigmoid', x))],
    ['sigmoid(x)·x', (e, x) => e.of('mul', e.act('sigmoid', x), x)],
  ])('%s', (_, fill) => expect(dump(recogniseSwish, fill)).toMatch(onlyActivation('swish')));

  it.each<[string, Fill]>([
    ['the sigmoid of another value', (e, x) => e.of('mul', x, e.act('sigmoid', e.act('tanh', x)))],
    ['x + sigmoid(x)', (e, x) => e.of('add', x, e.act('sigmoid', x))],
  ])('leaves %s', (_, fill) => expectUntouched(recogniseSwish, fill));
});

const erf = (e: Expressions, x: string): string => e.b.one('Unary', [x], { kind: 'erf' });

describe('gelu', () => {
  const root = Math.sqrt(2 / Math.PI);
  it.each<[string, Fill]>([
    [
      '(x·(erf(x / √2) + 1))·0.5',
      (e, x) => e.of('mul', e.of('mul', x, e.of('add', erf(e, e.of('div', x, Math.SQRT2)), 1)), 0.5),
    ],
    [
      '(0.5·x)·(1 + erf(x·√½))',
      (e, x) => e.of('mul', e.of('mul', 0.5, x), e.of('add', 1, erf(e, e.of('mul', x, Math.SQRT1_2)))),
    ],
    [
      'x·(0.5 + 0.5·erf(x / √2))',
      (e, x) => e.of('mul', x, e.of('add', 0.5, e.of('mul', 0.5, erf(e, e.of('div', x, Math.SQRT2))))),
    ],
  ])('%s', (_, fill) => expect(dump(recogniseGelu, fill)).toMatch(onlyActivation('gelu')));

  it.each<[string, Fill]>([
    [
      'x³ as a power',
      (e, x) => tanhGelu(e, x, e.of('mul', e.of('add', x, e.of('mul', e.of('pow', x, 3), 0.044715)), root)),
    ],
    [
      'x³ as products',
      (e, x) =>
        tanhGelu(e, x, e.of('mul', root, e.of('add', x, e.of('mul', 0.044715, e.of('mul', x, e.of('mul', x, x)))))),
    ],
    [
      '√(2/π)·x·(1 + 0.044715·x²)',
      (e, x) =>
        tanhGelu(e, x, e.of('mul', e.of('mul', x, root), e.of('add', 1, e.of('mul', e.of('mul', x, x), 0.044715)))),
    ],
  ])('tanh form, %s', (_, fill) => expect(dump(recogniseGelu, fill)).toMatch(onlyActivation('geluTanh')));

  it.each<[string, Fill]>([
    ['erf(x)', (e, x) => e.of('mul', e.of('mul', x, e.of('add', erf(e, x), 1)), 0.5)],
    ['a missing half', (e, x) => e.of('mul', x, e.of('add', erf(e, e.of('div', x, Math.SQRT2)), 1))],
    ['tanh of a plain multiple', (e, x) => tanhGelu(e, x, e.of('mul', x, root))],
  ])('leaves %s', (_, fill) => expectUntouched(recogniseGelu, fill));
});

function tanhGelu(e: Expressions, x: string, argument: string): string {
  return e.of('mul', e.of('mul', 0.5, x), e.of('add', e.act('tanh', argument), 1));
}

const prelu =
  (slopes: readonly number[]): Fill =>
  (e, x) =>
    e.b.one('PRelu', [x, e.b.constant('slope', tensorOf('float32', [slopes.length], slopes))], {});

describe('uniform PRelu', () => {
  it('becomes leakyRelu', () => {
    expect(dump(recogniseUniformPRelu, prelu([0.25, 0.25, 0.25]))).toMatch(onlyActivation('leakyRelu\\(0.25,0\\)'));
  });
  it('stays with a slope per channel', () => expectUntouched(recogniseUniformPRelu, prelu([0.25, 0.25, 0.5])));
});

const shuffle =
  (x: readonly number[], inner: readonly number[], perm: readonly number[], out = x): Fill =>
  (e, input) =>
    e.reshape(e.b.one('Transpose', [e.reshape(input, inner)], { perm }), out);

describe('channel shuffle', () => {
  it('channels second', () => {
    const x = [2, 6, 3, 2];
    expect(dump(recogniseChannelShuffle, shuffle(x, [2, 3, 2, 3, 2], [0, 2, 1, 3, 4]), x)).toBe(
      [
        'transpose_1_y = Transpose(x) perm=[0,2,3,1] : float32 2x3x2x6',
        'reshape_1_y_1 = ChannelShuffle(transpose_1_y) groups=3 : float32 2x3x2x6',
        'reshape_1_y = Transpose(reshape_1_y_1) perm=[0,3,1,2] : float32 2x6x3x2',
        'out0 = Unary(reshape_1_y) kind="neg" : float32 2x6x3x2',
      ].join('\n'),
    );
  });

  it('channels second, pixels in one dimension', () => {
    const x = [1, 6, 3, 2];
    expect(dump(recogniseChannelShuffle, shuffle(x, [1, 2, 3, 6], [0, 2, 1, 3]), x)).toMatch(
      /ChannelShuffle\(\S+\) groups=2/,
    );
  });

  it('channels last', () => {
    const x = [2, 3, 2, 6];
    expect(dump(recogniseChannelShuffle, shuffle(x, [2, 3, 2, 3, 2], [0, 1, 2, 4, 3]), x)).toBe(
      [
        'reshape_1_y = ChannelShuffle(x) groups=3 : float32 2x3x2x6',
        'out0 = Unary(reshape_1_y) kind="neg" : float32 2x3x2x6',
      ].join('\n'),
    );
  });

  it.each<[string, Fill, number[]]>([
    ['swapped pixels', shuffle([1, 6, 3, 2], [1, 6, 3, 2, 1], [0, 1, 3, 2, 4]), [1, 6, 3, 2]],
    ['another shape after', shuffle([1, 6, 2, 2], [1, 3, 2, 2, 2], [0, 2, 1, 3, 4], [1, 2, 3, 4]), [1, 6, 2, 2]],
    ['batch and channels mixed', shuffle([2, 6, 2, 2], [6, 2, 2, 2], [1, 0, 2, 3]), [2, 6, 2, 2]],
  ])('leaves %s', (_, fill, shape) => expectUntouched(recogniseChannelShuffle, fill, shape));
});

const take = (e: Expressions, x: string, index: number): string =>
  e.b.one('Gather', [x, e.b.constant('i', tensorOf('int64', [], [index]))], { axis: 0 });

const halves =
  (batch: number): Fill =>
  (e, x) => {
    const swapped = e.b.one('Transpose', [e.reshape(x, [batch * 3, 2, 4])], { perm: [1, 0, 2] });
    const stacked = e.reshape(swapped, [2, -1, 3, 2, 2]);
    return [take(e, stacked, 0), take(e, stacked, -1)];
  };

describe('split shuffle', () => {
  it.each([1, 2])('batch %i: even and odd channels by Slice', (batch) => {
    const graph = applyPass(recogniseSplitShuffle, graphFor(halves(batch), [batch, 6, 2, 2]));
    expect(graph.nodes.map((n) => n.op)).toEqual(['Slice', 'Slice', 'Unary', 'Unary']);
    const bounds = graph.nodes.slice(0, 2).map((n) => n.inputs.slice(1).map((i) => graph.initializers.get(i)?.data[0]));
    expect(bounds).toEqual([
      [0, 6, 1, 2],
      [1, 6, 1, 2],
    ]);
  });

  it('leaves a stack of other extents', () => {
    expectUntouched(
      recogniseSplitShuffle,
      (e, x) => {
        const swapped = e.b.one('Transpose', [e.reshape(x, [3, 2, 4])], { perm: [1, 0, 2] });
        return take(e, e.reshape(swapped, [2, 1, 2, 3, 2]), 0);
      },
      [1, 6, 2, 2],
    );
  });

  it('leaves two values joined by ReLU in between', () => {
    expectUntouched(
      recogniseSplitShuffle,
      (e, x) => {
        const swapped = e.b.one('Transpose', [e.reshape(x, [3, 2, 4])], { perm: [1, 0, 2] });
        const active = e.b.one('Activation', [swapped], { activation: RELU });
        return take(e, e.reshape(active, [2, 1, 3, 2, 2]), 0);
      },
      [1, 6, 2, 2],
    );
  });
});
