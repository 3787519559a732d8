/** ncnn's int8 layers as plain loops, every step of float32 rounded: what tests hold the importer against. */
import { range } from '../../src/util/arrays.ts';

const { fround } = Math;

/** A number as an integer of −127…127, ties away from zero. */
export function int8Of(x: number, scale: number): number {
  const v = fround(fround(x) * fround(scale));
  return Math.max(-127, Math.min(127, Math.sign(v) * Math.floor(Math.abs(v) + 0.5)));
}

/** A float32 function of one number. */
export type Step = (v: number) => number;

/** A map of channels, rows and columns. */
export interface PlainMap {
  readonly c: number;
  readonly h: number;
  readonly w: number;
  readonly data: readonly number[];
}

/** An int8 convolution: weights `[O, C/group, k, k]` as integers, a scale for each output. */
export interface PlainInt8Conv {
  readonly outputs: number;
  readonly kernel: number;
  readonly group?: number;
  readonly stride?: number;
  readonly pad?: number;
  readonly dilation?: number;
  readonly weights: readonly number[];
  readonly bias?: readonly number[];
  readonly weightScales: readonly number[];
  readonly inputScale: number;
  /** The input is integers already. */
  readonly takesIntegers?: boolean;
  readonly outputScale?: number;
  readonly activation?: Step;
}

/** What becomes of a sum of integers. */
export function afterSum(sum: number, output: number, layer: Omit<PlainInt8Conv, 'outputs' | 'kernel'>): number {
  const { weightScales, inputScale, bias, activation = (v) => v, outputScale } = layer;
  const scale = weightScales[output] ?? 0;
  const unscale = scale === 0 ? 0 : fround(1 / fround(fround(inputScale) * fround(scale)));
  let v = fround(fround(sum) * unscale);
  if (bias) v = fround(v + fround(bias[output] ?? 0));
  v = fround(activation(v));
  return outputScale === undefined ? v : int8Of(v, outputScale);
}

/** The convolution. */
export function plainInt8Conv({ c, h, w, data }: PlainMap, conv: PlainInt8Conv): PlainMap {
  const { outputs, kernel, group = 1, stride = 1, pad = 0, dilation = 1, weights, inputScale } = conv;
  const integers = conv.takesIntegers ? data : data.map((v) => int8Of(v, inputScale));
  const extent = dilation * (kernel - 1) + 1;
  const [oh, ow] = [h, w].map((size) => Math.floor((size + 2 * pad - extent) / stride) + 1) as [number, number];
  const [inGroup, outGroup] = [c / group, outputs / group];
  const at = (channel: number, y: number, x: number): number =>
    y < 0 || x < 0 || y >= h || x >= w ? 0 : (integers[(channel * h + y) * w + x] ?? 0);
  const result = range(outputs).flatMap((o) =>
    range(oh * ow).map((i) => {
      const [y0, x0] = [Math.floor(i / ow) * stride - pad, (i % ow) * stride - pad];
      const first = Math.floor(o / outGroup) * inGroup;
      let sum = 0;
      for (let q = 0; q < inGroup; q++) {
        for (let k = 0; k < kernel * kernel; k++) {
          const weight = weights[(o * inGroup + q) * kernel * kernel + k] ?? 0;
          sum += weight * at(first + q, y0 + Math.floor(k / kernel) * dilation, x0 + (k % kernel) * dilation);
        }
      }
      return afterSum(sum, o, conv);
    }),
  );
  return { c: outputs, h: oh, w: ow, data: result };
}
