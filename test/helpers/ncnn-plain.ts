/** Layers of ncnn as plain loops over blobs: what its own code does, for tests to compare with. */
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import { at, product, range } from '../../src/util/arrays.ts';

/** A blob without a batch: extents outermost first, elements in this order. */
export interface PlainBlob {
  readonly extents: readonly number[];
  readonly data: readonly number[];
}

/** A blob of what a function gives for each place. */
export function plainBlob(extents: readonly number[], make: (place: readonly number[]) => number): PlainBlob {
  const data = range(product(extents)).map((i) => {
    let rest = i;
    const place = extents.map((_, axis) => {
      const inner = product(extents.slice(axis + 1));
      const here = Math.floor(rest / inner);
      rest %= inner;
      return here;
    });
    return make(place);
  });
  return { extents, data };
}

/** The element at a place. */
export function elementAt({ extents, data }: PlainBlob, place: readonly number[]): number {
  if (place.some((p, axis) => p < 0 || p >= at(extents, axis))) throw new RangeError(`${place.join()} lies outside`);
  return at(
    data,
    place.reduce((index, p, axis) => index * at(extents, axis) + p, 0),
  );
}

/** With a batch of one. */
export function tensorOfBlob({ extents, data }: PlainBlob): Tensor {
  return tensorOf('float32', [1, ...extents], data);
}

/** The four sides of a border. */
export interface PlainBorder {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** A border around images `[C, H, W]`. */
export function bordered(x: PlainBlob, { top, bottom, left, right }: PlainBorder, value: number): PlainBlob {
  const [c = 0, h = 0, w = 0] = x.extents;
  return plainBlob([c, h + top + bottom, w + left + right], ([q = 0, i = 0, j = 0]) => {
    const [y, z] = [i - top, j - left];
    return y < 0 || y >= h || z < 0 || z >= w ? value : elementAt(x, [q, y, z]);
  });
}

/** The border of TensorFlow's SAME: the odd element lies at the end, or at the beginning. */
export function sameBorder(
  x: PlainBlob,
  { kernel, stride, dilation = 1 }: { kernel: number; stride: number; dilation?: number },
  isUpper: boolean,
): PlainBorder {
  const [h = 0, w = 0] = x.extents.slice(1);
  const reach = (kernel - 1) * dilation + 1;
  const [tall, wide] = [h, w].map((n) => Math.max(0, reach + Math.floor((n - 1) / stride) * stride - n));
  const split = (pad = 0): [number, number] => {
    const less = Math.floor(pad / 2);
    return isUpper ? [less, pad - less] : [pad - less, less];
  };
  const [[top, bottom], [left, right]] = [split(tall), split(wide)];
  return { top, bottom, left, right };
}

/** A convolution without a border. */
export interface PlainConv {
  readonly outputs: number;
  readonly kernel: readonly [height: number, width: number];
  readonly stride?: readonly [number, number];
  readonly dilation?: readonly [number, number];
  readonly group?: number;
  readonly weights: readonly number[];
  readonly bias?: readonly number[];
}

/** Of images that have their border. */
export function plainConv(x: PlainBlob, conv: PlainConv): PlainBlob {
  const { outputs, kernel, stride = [1, 1], dilation = [1, 1], group = 1, weights, bias } = conv;
  const [c = 0, h = 0, w = 0] = x.extents;
  const [inputs, each] = [c / group, outputs / group];
  const [oh = 0, ow = 0] = [h, w].map(
    (n, i) => Math.floor((n - (at(kernel, i) - 1) * at(dilation, i) - 1) / at(stride, i)) + 1,
  );
  return plainBlob([outputs, oh, ow], ([p = 0, i = 0, j = 0]) => {
    let sum = bias?.[p] ?? 0;
    for (const q of range(inputs)) {
      for (const u of range(kernel[0])) {
        for (const v of range(kernel[1])) {
          const from = [
            Math.floor(p / each) * inputs + q,
            i * stride[0] + u * dilation[0],
            j * stride[1] + v * dilation[1],
          ];
          sum += elementAt(x, from) * at(weights, ((p * inputs + q) * kernel[0] + u) * kernel[1] + v);
        }
      }
    }
    return sum;
  });
}

/** A transposed convolution of which nothing is cut yet, with room added behind. */
export function plainDeconv(x: PlainBlob, conv: PlainConv, room: readonly [number, number] = [0, 0]): PlainBlob {
  const { outputs, kernel, stride = [1, 1], dilation = [1, 1], group = 1, weights, bias } = conv;
  const [c = 0, h = 0, w = 0] = x.extents;
  const [inputs, each] = [c / group, outputs / group];
  const [oh = 0, ow = 0] = [h, w].map(
    (n, i) => (n - 1) * at(stride, i) + (at(kernel, i) - 1) * at(dilation, i) + 1 + at(room, i),
  );
  const data = range(outputs * oh * ow).map((i) => bias?.[Math.floor(i / (oh * ow))] ?? 0);
  for (const p of range(outputs)) {
    for (const { place, value } of placesOf(
      x,
      range(inputs).map((q) => Math.floor(p / each) * inputs + q),
    )) {
      const [q = 0, i = 0, j = 0] = place;
      for (const u of range(kernel[0])) {
        for (const v of range(kernel[1])) {
          const to = (p * oh + i * stride[0] + u * dilation[0]) * ow + j * stride[1] + v * dilation[1];
          const own = ((p * inputs + (q % inputs)) * kernel[0] + u) * kernel[1] + v;
          data[to] = (data[to] ?? 0) + value * at(weights, own);
        }
      }
    }
  }
  return { extents: [outputs, oh, ow], data };
}

function placesOf(x: PlainBlob, channels: readonly number[]): { place: readonly number[]; value: number }[] {
  const [, h = 0, w = 0] = x.extents;
  return channels.flatMap((q) =>
    range(h * w).map((i) => {
      const place = [q, Math.floor(i / w), i % w];
      return { place, value: elementAt(x, place) };
    }),
  );
}

/** What is left of images when their sides are cut. */
export function plainCut(x: PlainBlob, { top, bottom, left, right }: PlainBorder): PlainBlob {
  const [c = 0, h = 0, w = 0] = x.extents;
  return plainBlob([c, h - top - bottom, w - left - right], ([q = 0, i = 0, j = 0]) =>
    elementAt(x, [q, i + top, j + left]),
  );
}

/** A pool over images, as parameters give it. */
export interface PlainPool {
  readonly kind: 'max' | 'average';
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly pads?: PlainBorder;
  readonly mode: 'full' | 'valid';
  readonly countIncludePad?: boolean;
}

const NO_BORDER: PlainBorder = { top: 0, bottom: 0, left: 0, right: 0 };

/** Pads, and in mode `full` as much more behind as a whole last window needs. */
export function plainPool(x: PlainBlob, pool: PlainPool): PlainBlob {
  const { kind, kernel, stride, pads = NO_BORDER, mode, countIncludePad = false } = pool;
  const [c = 0, h = 0, w = 0] = x.extents;
  const tail = (room: number, step: number): number => (mode === 'full' && room % step ? step - (room % step) : 0);
  const bottom = pads.bottom + tail(h + pads.top + pads.bottom - kernel[0], stride[0]);
  const right = pads.right + tail(w + pads.left + pads.right - kernel[1], stride[1]);
  const all = { ...pads, bottom, right };
  const image = bordered(x, all, kind === 'max' ? -3.4028234663852886e38 : 0);
  const [, tall = 0, wide = 0] = image.extents;
  const oh = Math.floor((tall - kernel[0]) / stride[0]) + 1;
  const ow = Math.floor((wide - kernel[1]) / stride[1]) + 1;
  return plainBlob([c, oh, ow], ([q = 0, i = 0, j = 0]) => {
    const places = range(kernel[0] * kernel[1]).map((k) => [
      i * stride[0] + Math.floor(k / kernel[1]),
      j * stride[1] + (k % kernel[1]),
    ]);
    const values = places.map(([y = 0, z = 0]) => elementAt(image, [q, y, z]));
    if (kind === 'max') return Math.max(...values);
    const inside = places.filter(
      ([y = 0, z = 0]) => y >= all.top && y < all.top + h && z >= all.left && z < all.left + w,
    );
    return values.reduce((a, b) => a + b) / (countIncludePad ? values.length : inside.length);
  });
}

/** A function of two blobs, the one of fewer dimensions given more inner ones; a vector is of channels if it is as long. */
export function plainBinary(a: PlainBlob, b: PlainBlob, op: (x: number, y: number) => number): PlainBlob {
  const dims = Math.max(a.extents.length, b.extents.length);
  const grown = (own: PlainBlob, other: PlainBlob): PlainBlob => {
    const missing = dims - own.extents.length;
    const ones = range(missing).map(() => 1);
    const isInner = own.extents.length === 1 && own.extents[0] !== other.extents[0];
    return { ...own, extents: isInner ? [...ones, ...own.extents] : [...own.extents, ...ones] };
  };
  const [p, q] = [grown(a, b), grown(b, a)];
  const extents = range(dims).map((axis) => Math.max(at(p.extents, axis), at(q.extents, axis)));
  const read = (own: PlainBlob, place: readonly number[]): number =>
    elementAt(
      own,
      place.map((i, axis) => Math.min(i, at(own.extents, axis) - 1)),
    );
  return plainBlob(extents, (place) => op(read(p, place), read(q, place)));
}

/** Resizing of images: to the nearest by a factor, or between neighbours by the extents. */
export function plainResize(
  x: PlainBlob,
  [oh, ow]: readonly [number, number],
  {
    type,
    aligned = false,
    factors,
  }: { type: 'nearest' | 'linear' | 'cubic'; aligned?: boolean; factors?: readonly number[] },
): PlainBlob {
  const [c = 0, h = 0, w = 0] = x.extents;
  if (type === 'nearest') {
    const [fy = h / oh, fx = w / ow] = factors ?? [];
    return plainBlob([c, oh, ow], ([q = 0, i = 0, j = 0]) =>
      elementAt(x, [q, Math.min(Math.floor(i * fy), h - 1), Math.min(Math.floor(j * fx), w - 1)]),
    );
  }
  const taps = type === 'linear' ? linearTaps : cubicTaps;
  const [rows, columns] = [taps(h, oh, aligned), taps(w, ow, aligned)];
  return plainBlob([c, oh, ow], ([q = 0, i = 0, j = 0]) =>
    at(rows, i).reduce(
      (sum, [y, a]) => sum + at(columns, j).reduce((part, [z, b]) => part + a * b * elementAt(x, [q, y, z]), 0),
      0,
    ),
  );
}

type Taps = readonly (readonly [place: number, weight: number])[][];

function positions(n: number, count: number, aligned: boolean): number[] {
  return range(count).map((i) => (aligned ? (i * (n - 1)) / (count - 1) : ((i + 0.5) * n) / count - 0.5));
}

function held(i: number, n: number): number {
  return Math.min(Math.max(i, 0), n - 1);
}

function linearTaps(n: number, count: number, aligned: boolean): Taps {
  return positions(n, count, aligned).map((position) => {
    const first = Math.floor(position);
    const rest = position - first;
    return [
      [held(first, n), 1 - rest],
      [held(first + 1, n), rest],
    ] as const;
  });
}

function cubicTaps(n: number, count: number, aligned: boolean): Taps {
  const a = -0.75;
  const near = (t: number): number => (a + 2) * t ** 3 - (a + 3) * t ** 2 + 1;
  const far = (t: number): number => a * t ** 3 - 5 * a * t ** 2 + 8 * a * t - 4 * a;
  return positions(n, count, aligned).map((position) => {
    const first = Math.floor(position);
    const t = position - first;
    const weights = [far(t + 1), near(t), near(1 - t)];
    const last = 1 - weights.reduce((x, y) => x + y);
    return [...weights, last].map((weight, i) => [held(first - 1 + i, n), weight] as const);
  });
}

/** A reduction of some axes, which keep an extent of 1. */
export function plainReduce(
  x: PlainBlob,
  axes: readonly number[],
  fold: (values: readonly number[]) => number,
): PlainBlob {
  const kept = x.extents.map((extent, axis) => (axes.includes(axis) ? 1 : extent));
  return plainBlob(kept, (place) => {
    const values: number[] = [];
    plainBlob(x.extents, (from) => {
      if (from.every((p, axis) => axes.includes(axis) || p === at(place, axis))) values.push(elementAt(x, from));
      return 0;
    });
    return fold(values);
  });
}
