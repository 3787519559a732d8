/** Segmenters: published sizes, names of parameters, and agreement with onnxruntime on seeded random weights. */
import { describe, expect, it } from 'vitest';
import { deeplabV3, deeplabV3Plus } from '../../models/deeplab.ts';
import { fcn } from '../../models/fcn.ts';
import { unet } from '../../models/unet.ts';
import { analyse } from '../../src/analysis/summary.ts';
import { InputError } from '../../src/core/errors.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { inferShapes } from '../../src/passes/infer-shapes.ts';
import { FULL } from '../helpers/full.ts';
import { describeSeeded, parametersOf, ZEROS, type SeededNetworks } from '../helpers/seeded-networks.ts';

const weights = ZEROS;
const sizes = (graph: Graph): { parameters: number; multiplyAdds: number } => analyse(inferShapes(graph));

const quick: SeededNetworks = [
  ['U-Net', (w) => unet({ weights: w, width: 1 / 16, resolution: 32, classes: 3 })],
  ['DeepLab v3+, batch 2', (w) => deeplabV3Plus({ weights: w, width: 0.1, resolution: 33, classes: 5, batch: 2 })],
];

/** Small ones of which the full run disturbs every weight. */
const small: SeededNetworks = [
  [
    'U-Net, bilinear, odd extents, batch 2',
    (w) => unet({ weights: w, width: 1 / 16, resolution: 23, growth: 'bilinear', batch: 2 }),
  ],
  ['FCN-8s', (w) => fcn({ weights: w, width: 1 / 32, resolution: 17, classes: 3 })],
  ['FCN-32s', (w) => fcn({ weights: w, width: 1 / 32, resolution: 40, stride: 32, classes: 5 })],
  ['DeepLab v3', (w) => deeplabV3({ weights: w, width: 0.1, resolution: 33, classes: 5 })],
];

const slow: SeededNetworks = [
  [
    'DeepLab v3 without a pyramid, stride 8',
    (w) => deeplabV3({ weights: w, width: 0.35, resolution: 65, outputStride: 8, pyramid: false }),
  ],
  ['DeepLab v3+, stride 8', (w) => deeplabV3Plus({ weights: w, width: 0.35, resolution: 97, outputStride: 8 })],
];

describeSeeded(quick, small, slow);

describe('U-Net', () => {
  // What summaries of the PyTorch network print for one class, two, and two with bilinear growth.
  it.each([
    [31_037_633, () => unet({ weights, classes: 1, resolution: 16 })],
    [31_037_698, () => unet({ weights, resolution: 16 })],
    [17_263_042, () => unet({ weights, growth: 'bilinear', resolution: 16 })],
  ] as const)('has %i parameters', (parameters, build) => {
    expect(sizes(build()).parameters).toBe(parameters);
  });

  it('asks for parameters by the PyTorch network’s names and shapes', () => {
    const found = parametersOf((w) => unet({ weights: w, resolution: 16 }));
    expect(found.get('inc.double_conv.0.weight')?.shape).toEqual([64, 3, 3, 3]);
    expect(found.get('down4.maxpool_conv.1.double_conv.4.running_var')?.shape).toEqual([1024]);
    expect(found.get('up1.up.weight')?.shape).toEqual([1024, 512, 2, 2]);
    expect(found.get('up4.conv.double_conv.0.weight')?.shape).toEqual([64, 128, 3, 3]);
    expect(found.get('outc.conv.bias')?.shape).toEqual([2]);
    const bilinear = parametersOf((w) => unet({ weights: w, growth: 'bilinear', resolution: 16 }));
    expect(bilinear.get('up1.conv.double_conv.3.weight')?.shape).toEqual([256, 512, 3, 3]);
    expect(bilinear.has('up1.up.weight')).toBe(false);
  });

  it('refuses what it cannot be', () => {
    expect(() => unet({ resolution: 15 })).toThrow('resolution 15 is below 16');
    expect(() => unet({ width: 0 })).toThrow('width 0 is not positive');
    expect(() => unet({ growth: 'nearest' as never })).toThrow(InputError);
  });
});

describe('FCN', () => {
  // The paper's table 1 has 134 M, without what enlarges FCN-32s: 64×64 for each pair of classes.
  if (FULL)
    it('has the published parameters', () => {
      expect(sizes(fcn({ weights, stride: 32 })).parameters).toBe(134_346_581 + 64 * 64 * 21 * 21);
      expect(sizes(fcn({ weights })).parameters).toBe(134_489_759);
    });

  it('asks for parameters by the names of the authors’ networks', () => {
    const found = parametersOf((w) => fcn({ weights: w, width: 1 / 16, resolution: 1 }));
    expect(found.get('conv5_3.bias')?.shape).toEqual([32]);
    expect(found.get('fc6.weight')?.shape).toEqual([256, 32, 7, 7]);
    expect(found.get('score_pool3.weight')?.shape).toEqual([21, 16, 1, 1]);
    expect(found.get('upscore8.weight')?.shape).toEqual([21, 21, 16, 16]);
    expect(found.has('upscore8.bias')).toBe(false);
  });

  it('refuses what it cannot be', () => {
    expect(() => fcn({ stride: 16 as never })).toThrow('stride 16; FCN has 8 and 32 here');
    expect(() => fcn({ width: -1 })).toThrow(InputError);
  });
});

const dilations = (outputStride: 8 | 16): number[] =>
  deeplabV3({ weights, outputStride, resolution: 65, width: 0.1 }).nodes.flatMap((n) =>
    n.op === 'Conv' && n.attributes.dilations[0] !== 1 ? Number(n.attributes.dilations[0]) : [],
  );

describe('DeepLab on MobileNet v2', () => {
  // arXiv:1801.04381, table 7, at an output stride of 16: 2.11 M and 2.75 B without the pyramid, 4.52 M and 5.8 B with it. The
  // layers it names have 5.36 B; the parameters agree, so the counting differs.
  it('v3 has the published parameters and multiply-adds', () => {
    const plain = sizes(deeplabV3({ weights, pyramid: false }));
    expect(plain.parameters).toBe(2_113_557);
    expect(Math.abs(plain.multiplyAdds / 2.75e9 - 1)).toBeLessThan(0.005);
    const pyramid = sizes(deeplabV3({ weights }));
    expect(pyramid.parameters).toBe(4_523_541);
    expect(Math.round(pyramid.multiplyAdds / 1e6)).toBe(5364);
  });

  // No count is published of this decoder on this network. On v3's 4 523 541 come 1×1 of 24 to 48, and 3×3 of 304 and of 256 to 256.
  it('v3+ has the parameters of its layers', () => {
    const decoder = 24 * 48 + 2 * 48 + 9 * 304 * 256 + 2 * 256 + 9 * 256 * 256 + 2 * 256;
    expect(sizes(deeplabV3Plus({ weights, resolution: 65 })).parameters).toBe(4_523_541 + decoder);
  });

  it('dilates what does not stride', () => {
    expect(dilations(16)).toEqual([2, 2, 2, 6, 12, 18]);
    expect(dilations(8)).toEqual([2, 2, 2, 2, 2, 2, 2, 4, 4, 4, 12, 24, 36]);
  });

  it('refuses what it cannot be', () => {
    expect(() => deeplabV3({ outputStride: 32 as never })).toThrow('outputStride 32; DeepLab has 8 and 16');
    expect(() => deeplabV3Plus({ width: Number.POSITIVE_INFINITY })).toThrow('width Infinity is not positive');
  });
});
