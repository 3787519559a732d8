/** Spatial pyramid pooling: windows as Caffe's, worked out in loops, and what onnxruntime makes of the graph. */
import '../helpers/every-operator.ts';
import { describe, expect, it } from 'vitest';
import { addSpatialPyramid, type SpatialPyramid } from '../../models/spatial-pyramid.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import { toOnnx } from '../../src/formats/onnx/write/to-onnx.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import { expectClose, floatTolerance } from '../helpers/close.ts';
import { ortRun } from '../helpers/ort-oracle.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';
import { referenceRun } from '../helpers/reference.ts';

/** The size of a bin, and how far the first reaches beyond the edge. */
function startOf(extent: number, count: number): readonly [size: number, pad: number] {
  const size = Math.ceil(extent / count);
  return [size, Math.floor((size * count - extent + 1) / 2)];
}

/** Of `[N, H, W, C]`, what Caffe's SPP layer makes: its windows, pads, and order. */
function expectedOf({ shape, data }: Tensor, { bins, kind }: SpatialPyramid): number[] {
  const [n = 0, h = 0, w = 0, channels = 0] = shape;
  const bin = (image: number, c: number, count: number, i: number, j: number): number => {
    const [[tall, top], [wide, left]] = [startOf(h, count), startOf(w, count)];
    const seen: number[] = [];
    for (let row = i * tall - top; row < (i + 1) * tall - top; row++) {
      for (let column = j * wide - left; column < (j + 1) * wide - left; column++) {
        const on = row >= 0 && row < h && column >= 0 && column < w;
        if (on) seen.push(data[((image * h + row) * w + column) * channels + c] ?? NaN);
      }
    }
    return kind === 'AveragePool' ? seen.reduce((sum, v) => sum + v, 0) / (tall * wide) : Math.max(...seen);
  };
  const out: number[] = [];
  for (let image = 0; image < n; image++)
    for (const count of bins)
      for (let c = 0; c < channels; c++)
        for (let i = 0; i < count; i++) for (let j = 0; j < count; j++) out.push(bin(image, c, count, i, j));
  return out;
}

function pyramid(
  shape: readonly number[],
  spec: SpatialPyramid,
): { graph: ReturnType<GraphBuilder['build']>; channels: number } {
  const b = new GraphBuilder('pyramid');
  const [, height = 0, width = 0, channels = 0] = shape;
  const x = { name: b.input('x', 'float32', shape), channels };
  const y = addSpatialPyramid(b, x, [height, width], spec);
  b.output(y.name);
  return { graph: b.build(), channels: y.channels };
}

describe('a spatial pyramid', () => {
  it.each([
    [[2, 13, 13, 5], { bins: [1, 2, 4] }],
    [[1, 7, 10, 4], { bins: [1, 2, 3], kind: 'AveragePool' }],
    [[1, 3, 9, 3], { bins: [3] }],
  ] as const)('of %j by %j has Caffe’s bins', async (shape, spec) => {
    const { graph, channels } = pyramid(shape, spec);
    const x = randomTensor('float32', shape, randomSource(7), -1, 1);
    const [own] = referenceRun(graph, new Map([['x', x]])).values();
    const data = Float32Array.from(expectedOf(x, spec));
    expect(own?.shape).toEqual([shape[0], channels]);
    if (!own) throw new Error('no output');
    expectClose(own, { dtype: 'float32', shape: own.shape, data }, floatTolerance(64), 'loops');
    const [run] = (await ortRun(toOnnx(graph), new Map([['x', x]]))).values();
    if (!run) throw new Error('no output of onnxruntime');
    expectClose(own, run, floatTolerance(64), 'onnxruntime');
  });

  it('refuses levels whose bins have no pixels, and none at all', () => {
    expect(() => pyramid([1, 5, 9, 4], { bins: [4] })).toThrow('4 bins of 5 pixels: some would have none');
    expect(() => pyramid([1, 5, 9, 4], { bins: [1.5] })).toThrow('1.5 bins of 5 pixels');
    expect(() => pyramid([1, 5, 9, 4], { bins: [] })).toThrow('a spatial pyramid needs a level');
  });
});
