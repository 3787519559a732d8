/** What Caffe's layers compute, as plain loops over channels-first blobs: written from the rules of its sources, with nothing of the engine. */
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';

type Index = readonly number[];

/** Every index of a shape, the last dimension fastest. */
export function indices(shape: readonly number[]): Index[] {
  return shape.reduce<Index[]>(
    (all, extent) => all.flatMap((i) => Array.from({ length: extent }, (_, k) => [...i, k])),
    [[]],
  );
}

/** The element at an index; undefined outside. */
export function read({ shape, data }: Tensor, index: Index): number | undefined {
  let at = 0;
  for (const [axis, extent] of shape.entries()) {
    const i = index[axis] ?? 0;
    if (i < 0 || i >= extent) return undefined;
    at = at * extent + i;
  }
  return data[at];
}

/** A blob whose elements are a function of their index. */
export function make(shape: readonly number[], value: (index: Index) => number): Tensor {
  return tensorOf('float32', shape, indices(shape).map(value));
}

/** A window over spatial dimensions; `group` for convolutions. */
export interface Spec {
  readonly kernel: readonly number[];
  readonly stride: readonly number[];
  readonly pad: readonly number[];
  readonly dilation?: readonly number[];
  readonly group?: number;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** A convolution of x `[N, C, …S]` with w `[M, C/group, …K]`. */
export function conv(x: Tensor, w: Tensor, bias: Tensor | undefined, spec: Spec): Tensor {
  const { kernel, stride, pad, dilation = kernel.map(() => 1), group = 1 } = spec;
  const [n = 0, , ...spatial] = x.shape;
  const [m = 0, perGroup = 0] = w.shape;
  const out = spatial.map((extent, i) => {
    const reach = ((kernel[i] ?? 0) - 1) * (dilation[i] ?? 1) + 1;
    return Math.floor((extent + 2 * (pad[i] ?? 0) - reach) / (stride[i] ?? 1)) + 1;
  });
  const taps = indices([perGroup, ...kernel]);
  return make([n, m, ...out], ([image = 0, o = 0, ...at]) => {
    const first = Math.floor(o / (m / group)) * perGroup;
    const terms = taps.map(([c = 0, ...k]) => {
      const place = k.map((tap, i) => (at[i] ?? 0) * (stride[i] ?? 1) - (pad[i] ?? 0) + tap * (dilation[i] ?? 1));
      return (read(x, [image, first + c, ...place]) ?? 0) * (read(w, [o, c, ...k]) ?? 0);
    });
    return sum(terms) + (bias?.data[o] ?? 0);
  });
}

/** A transposed convolution of x `[N, C, …S]` with w `[C, M/group, …K]`: every input is spread over the output. */
export function deconv(x: Tensor, w: Tensor, bias: Tensor | undefined, spec: Spec): Tensor {
  const { kernel, stride, pad, dilation = kernel.map(() => 1), group = 1 } = spec;
  const [n = 0, c = 0, ...spatial] = x.shape;
  const perGroup = w.shape[1] ?? 0;
  const out = spatial.map((extent, i) => {
    const reach = ((kernel[i] ?? 0) - 1) * (dilation[i] ?? 1) + 1;
    return (stride[i] ?? 1) * (extent - 1) + reach - 2 * (pad[i] ?? 0);
  });
  const shape = [n, perGroup * group, ...out];
  const at = new Map(indices(shape).map((index, i) => [index.join(), i]));
  const sums = new Float64Array(at.size);
  for (const [image = 0, channel = 0, ...place] of indices(x.shape)) {
    const first = Math.floor(channel / (c / group)) * perGroup;
    for (const [o = 0, ...k] of indices([perGroup, ...kernel])) {
      const target = k.map((tap, i) => (place[i] ?? 0) * (stride[i] ?? 1) + tap * (dilation[i] ?? 1) - (pad[i] ?? 0));
      const found = at.get([image, first + o, ...target].join());
      if (found === undefined) continue;
      sums[found] =
        (sums[found] ?? 0) + (read(x, [image, channel, ...place]) ?? 0) * (read(w, [channel, o, ...k]) ?? 0);
    }
  }
  return make(shape, (index) => (sums[at.get(index.join()) ?? 0] ?? 0) + (bias?.data[index[1] ?? 0] ?? 0));
}

/** What Caffe begins with: the greatest of nothing. */
const LEAST = Math.fround(-3.4028234663852886e38);

/** A pool: windows may reach beyond the input, means count the padding up to its end. */
export function pool(x: Tensor, kind: 'MAX' | 'AVE', { kernel, stride, pad }: Spec, round = Math.ceil): Tensor {
  const [n = 0, c = 0, ...spatial] = x.shape;
  const out = spatial.map((extent, i) => {
    const [k = 0, s = 1, p = 0] = [kernel[i], stride[i], pad[i]];
    const windows = round((extent + 2 * p - k) / s) + 1;
    return pad.some((some) => some > 0) && (windows - 1) * s >= extent + p ? windows - 1 : windows;
  });
  return make([n, c, ...out], ([image = 0, channel = 0, ...at]) => {
    const start = at.map((o, i) => o * (stride[i] ?? 1) - (pad[i] ?? 0));
    const end = start.map((from, i) => Math.min(from + (kernel[i] ?? 0), (spatial[i] ?? 0) + (pad[i] ?? 0)));
    const counted = end.reduce((all, to, i) => all * (to - (start[i] ?? 0)), 1);
    const seen = indices(kernel).flatMap((k) => {
      const place = k.map((tap, i) => (start[i] ?? 0) + tap);
      const value = read(x, [image, channel, ...place]);
      return value === undefined ? [] : [value];
    });
    return kind === 'MAX' ? Math.max(LEAST, ...seen) : sum(seen) / counted;
  });
}

/** Local response normalisation: over channels, or over a square in each. */
export function lrn(
  x: Tensor,
  { size, alpha, beta, k, within }: { size: number; alpha: number; beta: number; k: number; within: boolean },
): Tensor {
  const half = (size - 1) / 2;
  const around = Array.from({ length: size }, (_, i) => i - half);
  return make(x.shape, ([n = 0, c = 0, h = 0, w = 0]) => {
    const neighbours = within
      ? around.flatMap((dy) => around.map((dx) => read(x, [n, c, h + dy, w + dx])))
      : around.map((dc) => read(x, [n, c + dc, h, w]));
    const squares = sum(neighbours.map((value) => (value ?? 0) ** 2));
    return (read(x, [n, c, h, w]) ?? 0) / ((within ? 1 : k) + (alpha / neighbours.length) * squares) ** beta;
  });
}

/** Softmax along an axis. */
export function softmax(x: Tensor, axis: number): Tensor {
  return make(x.shape, (index) => {
    const line = Array.from({ length: x.shape[axis] ?? 0 }, (_, i) => Math.exp(read(x, index.with(axis, i)) ?? 0));
    return (line[index[axis] ?? 0] ?? 0) / sum(line);
  });
}

/** Each element on its own. */
export function map(x: Tensor, value: (element: number, index: Index) => number): Tensor {
  return make(x.shape, (index) => value(read(x, index) ?? 0, index));
}
