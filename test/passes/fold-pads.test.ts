/** Zero padding that becomes part of a window. */
import { describe, expect, it } from 'vitest';
import { tensorOf } from '../../src/core/tensor.ts';
import type { GraphBuilder } from '../../src/ir/builder.ts';
import { NO_ACTIVATION, type OpAttributes } from '../../src/ir/ops.ts';
import { print } from '../../src/ir/print.ts';
import { foldPads } from '../../src/passes/fold/fold-pads.ts';
import { applyPass, graphOf, printNodes, weights } from '../helpers/passes.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

const WINDOW = { strides: [2, 2], dilations: [1, 1], padMode: 'explicit' } as const;

function padded(
  b: GraphBuilder,
  pads: readonly number[],
  value?: number,
  mode: OpAttributes['Pad']['mode'] = 'constant',
) {
  const x = b.input('x', 'float32', [1, 6, 6, 2]);
  const fill = value === undefined ? [] : [b.constant('v', tensorOf('float32', [], [value]))];
  return b.one('Pad', [x, b.ints('pads', pads), ...fill], { mode }, { outputs: ['p'] });
}

function conv(b: GraphBuilder, x: string, pads: readonly number[]): string {
  const attributes = { ...WINDOW, pads, group: 1, activation: NO_ACTIVATION };
  return b.one('Conv', [x, weights(b, 'w', [3, 3, 2, 5])], attributes, { outputs: ['y'] });
}

function pool(b: GraphBuilder, x: string, pads: readonly number[]): string {
  const attributes = { ...WINDOW, kernel: [3, 3], pads, ceilMode: false, countIncludePad: false };
  return b.one('AveragePool', [x], attributes, { outputs: ['y'] });
}

const SPATIAL = [0, 0, 1, 0, 0, 1, 1, 0];

/** A convolution of integers whose zero point is 7, of what is padded with `value`. */
function quantised(b: GraphBuilder, value: number): string {
  const x = b.input('x', 'uint8', [1, 6, 6, 2]);
  const fill = b.constant('v', tensorOf('uint8', [], [value]));
  const p = b.one('Pad', [x, b.ints('pads', SPATIAL), fill], { mode: 'constant' }, { outputs: ['p'] });
  const scale = (name: string): string => b.constant(name, tensorOf('float32', [], [0.25]));
  const zero = (name: string, z: number): string => b.constant(name, tensorOf('uint8', [], [z]));
  const w = b.initializer('w', randomTensor('uint8', [3, 3, 2, 5], randomSource(3), 0, 256));
  const operands = [p, scale('sx'), zero('zx', 7), w, scale('sw'), zero('zw', 90), scale('sy'), zero('zy', 128)];
  const attributes = { ...WINDOW, pads: [0, 1, 0, 0], group: 1, rounding: 'xnnpack', range: [0, 255] } as const;
  return b.one('QLinearConv', operands, attributes, { outputs: ['y'] });
}

describe('foldPads', () => {
  it('adds to the pads of a convolution of integers what is padded with its zero point', () => {
    const folded = applyPass(
      foldPads,
      graphOf((b) => quantised(b, 7)),
    );
    expect(printNodes(folded)).toContain('pads=[0,2,1,1]');
    expect(folded.nodes.map((n) => n.op)).toEqual(['QLinearConv']);
  });

  it('adds to the pads of a convolution', () => {
    const graph = graphOf((b) => conv(b, padded(b, SPATIAL, 0), [1, 0, 0, 0]));
    expect(print(applyPass(foldPads, graph))).toBe(
      [
        'input x float32 1x6x6x2',
        'const w float32 3x3x2x5',
        'y = Conv(x, w) strides=[2,2] dilations=[1,1] padMode="explicit" pads=[1,1,1,1] group=1 : float32 1x3x3x5',
        'output y',
      ].join('\n'),
    );
  });

  it('makes an average pool count what it pads', () => {
    const graph = graphOf((b) => pool(b, padded(b, SPATIAL), [0, 0, 0, 0]));
    expect(applyPass(foldPads, graph).nodes.map((n) => print({ ...graph, nodes: [n] }))[0]).toContain(
      'pads=[0,1,1,1] ceilMode=false countIncludePad=true',
    );
  });

  it('keeps the padded map where something else reads it', () => {
    const graph = graphOf((b) => {
      const p = padded(b, SPATIAL);
      return [conv(b, p, [0, 0, 0, 0]), p];
    });
    expect(applyPass(foldPads, graph).nodes.map((n) => n.op)).toEqual(['Pad', 'Conv']);
  });

  it.each<[string, (b: GraphBuilder) => string]>([
    ['another value', (b) => conv(b, padded(b, SPATIAL, 1), [0, 0, 0, 0])],
    ['another value than the zero point', (b) => quantised(b, 0)],
    ['reflection', (b) => conv(b, padded(b, SPATIAL, undefined, 'reflect'), [0, 0, 0, 0])],
    ['cropping', (b) => conv(b, padded(b, [0, 0, -1, 0, 0, 1, 1, 0]), [0, 0, 0, 0])],
    ['more channels', (b) => pool(b, padded(b, [0, 0, 0, 1, 0, 0, 0, 0]), [0, 0, 0, 0])],
    ['a pool that pads by itself', (b) => pool(b, padded(b, SPATIAL), [1, 1, 0, 0])],
    ['padding wider than the window of a pool', (b) => pool(b, padded(b, [0, 3, 0, 0, 0, 0, 0, 0]), [0, 0, 0, 0])],
  ])('leaves %s', (_, fill) => {
    const graph = graphOf(fill);
    expect(applyPass(foldPads, graph)).toBe(graph);
  });
});
