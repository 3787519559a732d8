/** Automatic padding made explicit, on odd extents, strides and dilations. */
import { describe, expect, it } from 'vitest';
import type { GraphBuilder } from '../../src/ir/builder.ts';
import type { PadMode, Window } from '../../src/ir/ops.ts';
import { NO_ACTIVATION } from '../../src/ir/ops.ts';
import { resolvePadding } from '../../src/passes/resolve-pads.ts';
import { applyPass, graphOf, printNodes, weights } from '../helpers/passes.ts';

const window = (padMode: PadMode, stride: number, dilation = 1): Window => ({
  strides: [stride, stride],
  dilations: [dilation, dilation],
  pads: [0, 0, 0, 0],
  padMode,
});
const image = (b: GraphBuilder): string => b.input('x', 'float32', [1, 7, 8, 2]);
const pads = (fill: (b: GraphBuilder) => string): string =>
  /pads=(\S+) padMode="explicit"/.exec(printNodes(applyPass(resolvePadding, graphOf(fill))))?.[1] ?? 'none';

describe('resolvePadding', () => {
  it.each<[string, Window, string]>([
    // 7 → 4 needs 2 more rows in all; 8 → 4 needs 1 more column, which goes to the end.
    ['sameUpper, stride 2', window('sameUpper', 2), '[1,0,1,1]'],
    ['sameLower, stride 2', window('sameLower', 2), '[1,1,1,0]'],
    ['sameUpper, dilation 2', window('sameUpper', 1, 2), '[2,2,2,2]'],
  ])('Conv 3×3, %s', (_, w, expected) => {
    const conv = (b: GraphBuilder): string =>
      b.one('Conv', [image(b), weights(b, 'w', [3, 3, 2, 2])], { ...w, group: 1, activation: NO_ACTIVATION });
    expect(pads(conv)).toBe(expected);
  });

  it('pools, by their own kernel', () => {
    const kernel = { kernel: [2, 3], ceilMode: false };
    expect(pads((b) => b.one('MaxPool', [image(b)], { ...window('sameUpper', 1), ...kernel }))).toBe('[0,1,1,1]');
    const average = { ...window('sameLower', 1), ...kernel, countIncludePad: false };
    expect(pads((b) => b.one('AveragePool', [image(b)], average))).toBe('[1,1,0,1]');
  });

  it('leaves explicit pads', () => {
    const graph = graphOf((b) =>
      b.one('MaxPool', [image(b)], { ...window('explicit', 1), kernel: [2, 2], ceilMode: false }),
    );
    expect(applyPass(resolvePadding, graph)).toBe(graph);
  });
});
