/** Random single-operator graphs for the oracle: a generator per operator, drawing shapes and attributes from a seed. */
import type { UnrolledOp } from '../../src/ir/facts.ts';
import type { DType } from '../../src/core/dtype.ts';
import type {
  Activation,
  ActivationKind,
  BinaryKind,
  OpAttributes,
  OpKind,
  PoolWindow,
  QuantiseOps,
  Recurrent,
  RecurrentKind,
  ReduceKind,
  UnaryKind,
} from '../../src/ir/ops.ts';
import { NO_ACTIVATION, GREEDY_SUPPRESSION, RELU, RELU6 } from '../../src/ir/ops.ts';
import { PLAIN_RESIZE } from '../../src/ir/shapes/resize.ts';
import { at, product, range } from '../../src/util/arrays.ts';
import type { CaseInput, OpCase } from '../helpers/op-case.ts';
import { randomSource } from '../helpers/random.ts';

/** Draws from a seeded source. Bounds are inclusive. */
class Dice {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = randomSource(seed);
  }

  int(low: number, high: number): number {
    return low + Math.floor(this.#next() * (high - low + 1));
  }

  ints(count: number, low: number, high: number): number[] {
    return range(count).map(() => this.int(low, high));
  }

  real(low: number, high: number): number {
    return Math.fround(low + (high - low) * this.#next());
  }

  chance(p: number): boolean {
    return this.#next() < p;
  }

  pick<T>(list: readonly T[]): T {
    return at(list, this.int(0, list.length - 1));
  }

  shuffled<T>(list: readonly T[]): T[] {
    const out = [...list];
    for (let i = out.length - 1; i > 0; i--) {
      const j = this.int(0, i);
      [out[i], out[j]] = [at(out, j), at(out, i)];
    }
    return out;
  }

  /** A shape of this rank. */
  shape(rank = this.int(1, 4), high = 6): number[] {
    return this.ints(rank, 1, high);
  }

  /** The axis as it is, or counted from the end. */
  axis(axis: number, rank: number): number {
    return this.chance(0.4) ? axis - rank : axis;
  }

  /** A non-empty set of axes. */
  axes(rank: number): number[] {
    const chosen = this.shuffled(range(rank)).slice(0, this.int(1, rank));
    return chosen.map((a) => this.axis(a, rank));
  }

  /** This shape with some extents 1 and some leading ones dropped. */
  narrowed(shape: readonly number[]): number[] {
    const narrow = shape.map((d) => (this.chance(0.3) ? 1 : d));
    return this.chance(0.3) ? narrow.slice(this.int(0, narrow.length)) : narrow;
  }

  activation(): Activation {
    if (this.chance(0.5)) return NO_ACTIVATION;
    return this.pick<Activation>([
      RELU,
      RELU6,
      { kind: 'leakyRelu', alpha: this.real(0.05, 0.5), beta: 0 },
      { kind: 'hardSwish', alpha: 0, beta: 0 },
      { kind: 'sigmoid', alpha: 0, beta: 0 },
    ]);
  }
}

type Drawn<K extends OpKind> = Omit<OpCase<K>, 'name' | 'op'>;
type Generator<K extends OpKind> = (d: Dice) => Drawn<K>;

const ints = (values: readonly number[]): CaseInput => ({
  dtype: 'int64',
  shape: [values.length],
  values,
  constant: true,
});
const scalar = (dtype: DType, value: number): CaseInput => ({ dtype, shape: [], values: [value], constant: true });
const weights = (shape: readonly number[]): CaseInput => ({ shape, constant: true });

const conv: Generator<'Conv'> = (d) => {
  const spatial = d.pick([1, 2, 2, 2, 2, 2, 3]);
  const kernel = d.ints(spatial, 1, spatial === 3 ? 2 : 4);
  const padMode = d.pick(['explicit', 'explicit', 'explicit', 'sameUpper', 'sameLower'] as const);
  // onnxruntime refuses dilation under auto_pad.
  const dilations = padMode === 'explicit' ? d.ints(spatial, 1, 2) : range(spatial).map(() => 1);
  const extents = kernel.map((k, i) => (k - 1) * at(dilations, i) + 1 + d.int(0, 6));
  const group = d.pick([1, 1, 2, 3, 5]);
  const [inC, outC] = [group * d.int(1, 5), group * d.int(1, 5)];
  const pads = padMode === 'explicit' ? d.ints(2 * spatial, 0, 2) : range(2 * spatial).map(() => 0);
  const strides = d.ints(spatial, 1, 3);
  const n = d.int(1, 2);
  const out = extents.map((e, i) => {
    const effective = (at(kernel, i) - 1) * at(dilations, i) + 1;
    if (padMode !== 'explicit') return Math.ceil(e / at(strides, i));
    return Math.floor((e + at(pads, i) + at(pads, i + spatial) - effective) / at(strides, i)) + 1;
  });
  return {
    inputs: [
      { shape: [n, ...extents, inC] },
      weights([...kernel, inC / group, outC]),
      d.chance(0.6) ? weights([outC]) : undefined,
      d.chance(0.2) ? { shape: [n, ...out, outC] } : undefined,
    ],
    attributes: { strides, dilations, pads, padMode, group, activation: d.activation() },
  };
};

const convTranspose: Generator<'ConvTranspose'> = (d) => {
  const spatial = d.pick([1, 2, 2, 2, 3]);
  const kernel = d.ints(spatial, 1, spatial === 3 ? 3 : 4);
  const strides = d.ints(spatial, 1, 3);
  const dilations = d.ints(spatial, 1, 2);
  const extents = d.ints(spatial, 1, 5);
  const group = d.pick([1, 1, 2, 3]);
  const [inC, outC] = [group * d.int(1, 5), group * d.int(1, 5)];
  const autoPad = d.pick(['explicit', 'explicit', 'sameUpper', 'sameLower'] as const);
  // onnxruntime refuses output padding of a stride or more, and output shapes below the input's.
  const outputPads = strides.map((s) => d.int(0, s - 1));
  const whole = extents.map(
    (e, i) => at(strides, i) * (e - 1) + at(outputPads, i) + (at(kernel, i) - 1) * at(dilations, i) + 1,
  );
  // Pads leave at least one element of the output.
  const pads = whole.map((e) => d.int(0, Math.min(2, Math.floor((e - 1) / 2))));
  return {
    inputs: [
      { shape: [d.int(1, 2), ...extents, inC] },
      weights([...kernel, inC / group, outC]),
      d.chance(0.6) ? weights([outC]) : undefined,
    ],
    attributes: {
      strides,
      dilations,
      pads: autoPad === 'explicit' ? [...pads, ...pads.map((p) => d.int(0, p))] : range(2 * spatial).map(() => 0),
      autoPad,
      outputPads,
      outputShape: d.chance(0.2) ? whole.map((e, i) => d.int(Math.min(e, Math.max(at(extents, i), e - 3)), e)) : [],
      group,
      activation: d.activation(),
    },
  };
};

const deformConv: Generator<'DeformConv'> = (d) => {
  const [kernel, strides, dilations, pads] = [d.ints(2, 1, 3), d.ints(2, 1, 2), d.ints(2, 1, 2), d.ints(4, 0, 2)];
  const extents = kernel.map((k, i) => (k - 1) * at(dilations, i) + 1 + d.int(0, 5));
  const out = extents.map((e, i) => {
    const reach = (at(kernel, i) - 1) * at(dilations, i) + 1;
    return Math.floor((e + at(pads, i) + at(pads, i + 2) - reach) / at(strides, i)) + 1;
  });
  const [group, offsetGroup] = [d.pick([1, 1, 2, 3]), d.pick([1, 1, 2])];
  const [inC, outC] = [group * offsetGroup * d.int(1, 4), group * d.int(1, 5)];
  const [n, taps] = [d.int(1, 2), offsetGroup * product(kernel)];
  return {
    inputs: [
      { shape: [n, ...extents, inC] },
      weights([...kernel, inC / group, outC]),
      { shape: [n, ...out, 2 * taps], low: -3, high: 3 },
      d.chance(0.6) ? weights([outC]) : undefined,
      d.chance(0.6) ? { shape: [n, ...out, taps] } : undefined,
    ],
    attributes: { strides, dilations, pads, group, offsetGroup, activation: d.activation() },
  };
};

/** A pooling window. onnxruntime refuses auto_pad where the stride exceeds the kernel. */
function pool(d: Dice, dilated: boolean): { inputs: CaseInput[]; window: PoolWindow } {
  const spatial = d.pick([1, 2, 2, 2, 3]);
  const kernel = d.ints(spatial, 1, 4);
  const padMode = d.pick(['explicit', 'explicit', 'explicit', 'sameUpper', 'sameLower'] as const);
  const explicit = padMode === 'explicit';
  const dilations = dilated && explicit ? d.ints(spatial, 1, 2) : range(spatial).map(() => 1);
  const extents = kernel.map((k, i) => (k - 1) * at(dilations, i) + 1 + d.int(0, 6));
  const pad = (): number[] => kernel.map((k) => (explicit ? d.int(0, k - 1) : 0));
  const strides = kernel.map((k) => d.int(1, padMode === 'explicit' ? 3 : Math.min(3, k)));
  return {
    inputs: [{ shape: [d.int(1, 2), ...extents, d.int(1, 6)], low: -3, high: 3 }],
    window: {
      kernel,
      dilations,
      padMode,
      strides,
      pads: [...pad(), ...pad()],
      ceilMode: explicit && d.chance(0.4),
    },
  };
}

const maxUnpool: Generator<'MaxUnpool'> = (d) => {
  const spatial = d.int(1, 3);
  const [kernel, strides] = [d.ints(spatial, 2, 3), d.ints(spatial, 1, 3)];
  const shape = [d.int(1, 2), ...d.ints(spatial, 1, 4), d.int(1, 5)];
  const whole = kernel.map((k, i) => (at(shape, i + 1) - 1) * at(strides, i) + k);
  const all = at(shape, 0) * product(whole) * at(shape, shape.length - 1);
  const values = d.shuffled(range(all)).slice(0, product(shape));
  const enough = [...values, ...d.ints(Math.max(0, product(shape) - all), 0, all - 1)];
  return {
    inputs: [{ shape }, { dtype: 'int64', shape, values: enough }],
    attributes: { kernel, strides, pads: range(2 * spatial).map(() => 0), countIn: 'output' },
  };
};

const gemm: Generator<'Gemm'> = (d) => {
  const [m, k, n] = [d.int(1, 7), d.int(1, 9), d.int(1, 7)];
  const [transA, transB] = [d.chance(0.5), d.chance(0.5)];
  const c = d.chance(0.2) ? undefined : d.pick([[n], [1, n], [m, 1], [m, n], []]);
  return {
    inputs: [
      { shape: transA ? [k, m] : [m, k] },
      { shape: transB ? [n, k] : [k, n], constant: d.chance(0.5) },
      c && { shape: c },
    ],
    attributes: { alpha: d.real(0.5, 2), beta: d.real(0.5, 2), transA, transB, activation: d.activation() },
  };
};

const matMul: Generator<'MatMul'> = (d) => {
  const [m, k, n] = [d.int(1, 6), d.int(1, 8), d.int(1, 6)];
  const batch = d.shape(d.int(0, 2), 3);
  const vectorA = d.chance(0.1);
  const vectorB = !vectorA && d.chance(0.1);
  const [transA, transB] = [!vectorA && d.chance(0.3), !vectorB && d.chance(0.3)];
  const a = vectorA ? [k] : [...d.narrowed(batch), ...(transA ? [k, m] : [m, k])];
  const b = vectorB ? [k] : [...d.narrowed(batch), ...(transB ? [n, k] : [k, n])];
  const bias = !vectorB && d.chance(0.4) ? weights([n]) : undefined;
  const activation = d.activation();
  if (d.chance(0.8)) return { inputs: [{ shape: a }, { shape: b }, bias], attributes: { transA, transB, activation } };
  // Sums of 32 bits wrap as onnxruntime's do; those of 64 stay within 32 here.
  const [dtype, most] = d.pick<readonly [DType, number]>([
    ['int32', 2 ** 31],
    ['uint32', 2 ** 32],
    ['int64', 9999],
  ]);
  const numbers = { dtype, low: dtype === 'uint32' ? 0 : -most, high: most };
  const inputs = [{ shape: a }, { shape: b }, bias].map((x) => x && { ...x, ...numbers });
  return { inputs, attributes: { transA, transB, activation: NO_ACTIVATION } };
};

const ARITHMETIC: readonly BinaryKind[] = [
  ...(['add', 'sub', 'mul', 'div', 'floorDiv', 'floorMod', 'truncMod', 'min', 'max'] as const),
  ...(['squaredDifference', 'equal', 'notEqual', 'less', 'lessOrEqual', 'greater', 'greaterOrEqual', 'pow'] as const),
];
const LOGIC: readonly BinaryKind[] = ['and', 'or', 'xor'];
const BITWISE: readonly BinaryKind[] = ['bitAnd', 'bitOr', 'bitXor'];
const SHIFTS: readonly BinaryKind[] = ['bitShiftLeft', 'bitShiftRight'];
const UNSIGNED: readonly DType[] = ['uint8', 'uint16', 'uint32', 'uint64'];

const shift: Generator<'Binary'> = (d) => {
  const [shape, dtype] = [d.shape(), d.pick(UNSIGNED)];
  return {
    inputs: [
      { dtype, shape, low: 0, high: 256 },
      { dtype, shape: d.narrowed(shape), low: 0, high: 8 },
    ],
    attributes: { kind: d.pick(SHIFTS), activation: NO_ACTIVATION },
  };
};

const binary: Generator<'Binary'> = (d) => {
  if (d.chance(0.1)) return shift(d);
  const shape = d.shape();
  const [a, b] = d.shuffled([d.chance(0.6) ? shape : d.narrowed(shape), d.narrowed(shape)]);
  const type = d.pick<DType>(['float32', 'float32', 'float32', 'int32', 'int64', 'bool']);
  const kind = type === 'bool' ? d.pick(LOGIC) : d.pick(type === 'float32' ? ARITHMETIC : [...ARITHMETIC, ...BITWISE]);
  const positive = kind === 'pow' ? { low: 0.2, high: 3 } : { low: -9, high: 9 };
  // Divisors stay away from zero; integer powers stay small and whole.
  const divisor = type === 'float32' ? { low: 0.5, high: 4 } : { low: 1, high: 4 };
  const integerPow = kind === 'pow' && type !== 'float32';
  return {
    inputs: [
      { dtype: type, shape: a ?? [], ...(integerPow ? { low: -4, high: 5 } : positive) },
      { dtype: type, shape: b ?? [], ...(divides(kind) || kind === 'pow' ? divisor : { low: -9, high: 9 }) },
    ],
    attributes: { kind, activation: type === 'float32' && additive(kind) ? d.activation() : NO_ACTIVATION },
  };
};

const divides = (kind: BinaryKind): boolean => ['div', 'floorDiv', 'floorMod', 'truncMod'].includes(kind);
const additive = (kind: BinaryKind): boolean => ['add', 'sub', 'mul'].includes(kind);

const UNARY_DOMAIN: { readonly [K in Exclude<UnaryKind, 'not' | 'isNaN'>]: readonly [number, number] } = {
  abs: [-3, 3],
  neg: [-3, 3],
  exp: [-5, 3],
  log: [0.01, 5],
  sqrt: [0, 9],
  rsqrt: [0.05, 9],
  reciprocal: [0.2, 4],
  square: [-3, 3],
  sign: [-3, 3],
  floor: [-9, 9],
  ceil: [-9, 9],
  round: [-9, 9],
  sin: [-9, 9],
  cos: [-9, 9],
  tan: [-1.5, 1.5],
  asin: [-1, 1],
  acos: [-1, 1],
  sinh: [-4, 4],
  cosh: [-4, 4],
  asinh: [-9, 9],
  acosh: [1, 9],
  atanh: [-0.99, 0.99],
  erf: [-3, 3],
};

const unary: Generator<'Unary'> = (d) => {
  if (d.chance(0.1)) return { inputs: [{ dtype: 'bool', shape: d.shape() }], attributes: { kind: 'not' } };
  if (d.chance(0.1)) {
    return { inputs: [{ shape: [4], values: [NaN, 1, Infinity, NaN] }], attributes: { kind: 'isNaN' } };
  }
  const [kind, [low, high]] = d.pick(Object.entries(UNARY_DOMAIN)) as [UnaryKind, readonly [number, number]];
  return { inputs: [{ shape: d.shape(), low, high }], attributes: { kind } };
};

const slice: Generator<'Slice'> = (d) => {
  const shape = d.shape(d.int(1, 4), 8);
  const axes = d.axes(shape.length);
  const steps = axes.map(() => d.pick([1, 1, 2, 3, -1, -2]));
  const bounds = axes.map((axis, i) => {
    const extent = at(shape, (axis + shape.length) % shape.length);
    const [low, high] = [d.int(-extent - 1, extent + 2), d.int(-extent - 1, extent + 2)];
    const to = d.pick([high, at(steps, i) > 0 ? 2 ** 31 - 1 : -(2 ** 31)]);
    return [low, to] as const;
  });
  return {
    inputs: [
      { shape, dtype: d.pick(['float32', 'int64'] as const), low: -99, high: 99 },
      ints(bounds.map(([from]) => from)),
      ints(bounds.map(([, to]) => to)),
      ints(axes),
      ints(steps),
    ],
    attributes: {},
  };
};

const pad: Generator<'Pad'> = (d) => {
  const mode = d.pick(['constant', 'reflect', 'edge', 'wrap'] as const);
  const shape = d.ints(d.int(1, 4), 3, 6);
  const low = mode === 'constant' ? -1 : 0;
  const pads = [...shape, ...shape].map(() => d.int(low, 2));
  const value = mode === 'constant' && d.chance(0.5) ? scalar('float32', d.real(-2, 2)) : undefined;
  return { inputs: [{ shape }, ints(pads), value], attributes: { mode } };
};

/** Channels-last images, as importers and passes have them. */
const resizeSpatial: Generator<'Resize'> = (d) => {
  const spatial = d.pick([1, 2, 2, 2]);
  const mode = d.pick(['nearest', 'linear'] as const);
  const extents = d.ints(spatial, 2, 7);
  const sizes = d.ints(spatial, 1, 13);
  const coordinateMode = d.pick([
    'half_pixel',
    'half_pixel_symmetric',
    'pytorch_half_pixel',
    'align_corners',
    'asymmetric',
  ] as const);
  // Scales are exact in binary, and whole where the coordinate is corrected for a rounded extent: which neighbour is
  // nearest must not hang on float32 rounding.
  const choices = coordinateMode === 'half_pixel_symmetric' ? [1, 2, 3, 4] : [0.5, 0.75, 1, 1.5, 2, 3, 4];
  const scales: CaseInput = {
    shape: [spatial],
    values: extents.map(() => d.pick(choices)),
    constant: true,
  };
  return {
    inputs: [
      { shape: [d.int(1, 2), ...extents, d.int(1, 5)] },
      ...(d.chance(0.5) ? [scales] : [undefined, ints(sizes)]),
    ],
    attributes: {
      ...PLAIN_RESIZE,
      axes: range(spatial).map((i) => i + 1),
      mode,
      coordinateMode,
      nearestMode: d.pick(['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']),
    },
  };
};

const floats = (values: readonly number[]): CaseInput => ({ shape: [values.length], values, constant: true });

/** Any axes by nearest neighbours; pictures, alone or channels-first, by all that filters and regions can ask for. */
const resizeAny: Generator<'Resize'> = (d) => {
  const mode = d.pick(['nearest', 'linear', 'cubic'] as const);
  const rank = mode === 'nearest' ? d.int(1, 5) : d.pick([2, 4]);
  const shape = d.ints(rank, 2, 6);
  const all = range(rank);
  const changed = mode === 'nearest' ? all.filter(() => d.chance(0.6)) : all.slice(-2);
  const axes = d.chance(0.5) ? all : changed.length > 0 ? changed : all;
  const of = (value: () => number, kept: (axis: number) => number): number[] =>
    axes.map((axis) => (changed.includes(axis) ? value() : kept(axis)));
  const antialias = mode !== 'nearest' && d.chance(0.3);
  const coordinateMode = d.pick([
    'half_pixel',
    'pytorch_half_pixel',
    'align_corners',
    'asymmetric',
    'tf_crop_and_resize',
  ] as const);
  // Extents differ from the input's: onnxruntime copies, and crops nothing, where they do not.
  const sizes = of(
    () => d.int(7, 12) - (antialias ? 6 : 0),
    (axis) => at(shape, axis),
  );
  const scales = of(
    () => d.pick(antialias ? [0.5, 0.75, 2] : [0.5, 1.5, 2, 3]),
    () => 1,
  );
  const regions = [
    ...of(
      () => d.pick([-0.125, 0, 0.25]),
      () => 0,
    ),
    ...of(
      () => d.pick([0.625, 1, 1.25]),
      () => 1,
    ),
  ];
  const crops = coordinateMode === 'tf_crop_and_resize';
  const byScales = d.chance(0.5);
  return {
    inputs: [
      { shape },
      ...(byScales ? [floats(scales), undefined] : [undefined, ints(sizes)]),
      crops ? floats(regions) : undefined,
    ],
    attributes: {
      ...PLAIN_RESIZE,
      axes: axes.length === rank ? [] : axes,
      mode,
      coordinateMode,
      nearestMode: d.pick(['round_prefer_floor', 'round_prefer_ceil', 'floor', 'ceil']),
      antialias,
      cubicCoeff: d.pick([-0.75, -0.5]),
      excludeOutside: d.chance(0.3),
      extrapolation: d.pick([0, -3]),
      aspect: antialias || crops || byScales ? 'stretch' : d.pick(['stretch', 'not_larger', 'not_smaller']),
    },
  };
};

const resize: Generator<'Resize'> = (d) => (d.chance(0.5) ? resizeSpatial(d) : resizeAny(d));

const gridSample: Generator<'GridSample'> = (d) => {
  const mode = d.pick(['nearest', 'linear', 'cubic'] as const);
  // onnxruntime samples volumes without cubic filters only.
  const dims = mode === 'cubic' ? 2 : d.int(2, 3);
  const n = d.int(1, 2);
  return {
    inputs: [
      { shape: [n, ...d.ints(dims, 1, 6), d.int(1, 5)] },
      { shape: [n, ...d.ints(dims, 1, 4), dims], low: -1.6, high: 1.6 },
    ],
    attributes: { mode, padding: d.pick(['zeros', 'border', 'reflection']), alignCorners: d.chance(0.5) },
  };
};

const reduce: Generator<'Reduce'> = (d) => {
  const kind = d.pick<ReduceKind>(['sum', 'mean', 'max', 'min', 'prod', 'l1', 'l2', 'sumSquare', 'logSumExp']);
  const shape = d.shape(d.int(1, 5), 5);
  const integer = ['sum', 'max', 'min', 'prod'].includes(kind) && d.chance(0.3);
  return {
    inputs: [{ shape, ...(integer ? { dtype: 'int32', low: -3, high: 4 } : { low: -2, high: 2 }) }],
    attributes: { kind, axes: d.chance(0.2) ? [] : d.axes(shape.length), keepDims: d.chance(0.5) },
  };
};

/** Sides of boxes up to 48 pixels, which engines that divide floats divide alike. */
const maxRoiPool: Generator<'MaxRoiPool'> = (d) => {
  const [n, h, w] = [d.int(1, 3), d.int(1, 9), d.int(1, 9)];
  const boxes = range(d.int(1, 5)).map(() => {
    const [x, y] = [d.int(-8, 8 * w), d.int(-8, 8 * h)];
    return [d.int(0, n - 1), ...[x, y, x + d.int(-4, 40), y + d.int(-4, 40)].map((v) => v / 8)];
  });
  return {
    inputs: [{ shape: [n, h, w, d.int(1, 6)] }, { shape: [boxes.length, 5], values: boxes.flat() }],
    attributes: { outputHeight: d.int(1, 5), outputWidth: d.int(1, 5), spatialScale: d.pick([1, 0.5]) },
  };
};

/** Coordinates are exact in binary, so that no sample lies on either side of an edge by rounding. */
const roiAlign: Generator<'RoiAlign'> = (d) => {
  const [n, h, w] = [d.int(1, 3), d.int(1, 9), d.int(1, 9)];
  const boxes = range(d.int(1, 5)).map(() => {
    const [x, y] = [d.int(-8, 8 * w), d.int(-8, 8 * h)];
    return [x, y, x + d.int(-4, 40), y + d.int(-4, 40)].map((v) => v / 8);
  });
  return {
    inputs: [
      { shape: [n, h, w, d.int(1, 6)] },
      { shape: [boxes.length, 4], values: boxes.flat() },
      { dtype: 'int64', shape: [boxes.length], values: boxes.map(() => d.int(0, n - 1)) },
    ],
    attributes: {
      mode: d.pick(['avg', 'avg', 'max']),
      outputHeight: d.pick([1, 2, 4]),
      outputWidth: d.pick([1, 2, 4]),
      samplingRatio: d.pick([0, 1, 2, 4]),
      spatialScale: d.pick([1, 0.5]),
      coordinateMode: d.pick(['half_pixel', 'output_half_pixel']),
    },
  };
};

/** As of RoiAlign, and offsets that are exact in binary too. */
const deformRoiPool: Generator<'DeformRoiPool'> = (d) => {
  const { inputs, attributes } = maxRoiPool(d);
  const [groupHeight, groupWidth] = [d.int(1, 2), d.int(1, 2)];
  const [outputHeight, outputWidth] = [d.pick([1, 2, 4]), d.pick([1, 2, 4])];
  const [x, rois] = [at(inputs, 0), at(inputs, 1)];
  const shape = [...(x?.shape.slice(0, 3) ?? []), groupHeight * groupWidth * d.int(1, 5)];
  const moves = [rois?.shape[0] ?? 1, outputHeight, outputWidth, 2];
  const offsets = { shape: moves, values: d.ints(product(moves), -4, 4).map((v) => v / 8) };
  return {
    inputs: [{ shape }, rois, ...(d.chance(0.6) ? [offsets] : [])],
    attributes: {
      ...attributes,
      outputHeight,
      outputWidth,
      groupHeight,
      groupWidth,
      samplingRatio: d.pick([0, 1, 2, 4]),
      gamma: 0.5,
      samples: 'aligned',
    },
  };
};

const gatherNd: Generator<'GatherND'> = (d) => {
  const shape = d.ints(d.int(2, 4), 2, 5);
  const batchDims = d.int(0, 1);
  const depth = d.int(1, shape.length - batchDims);
  const lead = [...shape.slice(0, batchDims), ...d.shape(d.int(0, 2), 3)];
  const values = range(product(lead)).flatMap(() =>
    range(depth).map((i) => {
      const extent = at(shape, batchDims + i);
      return d.int(-extent, extent - 1);
    }),
  );
  return {
    inputs: [{ shape }, { dtype: 'int64', shape: [...lead, depth], values }],
    attributes: { batchDims },
  };
};

/** x, an axis, and indices along it that are no longer than x elsewhere; `distinct` gives each place one at most. */
function elementsOf(d: Dice, distinct: boolean): { x: number[]; axis: number; indices: CaseInput } {
  const x = d.shape(d.int(1, 4), 5);
  const axis = d.int(0, x.length - 1);
  const extent = at(x, axis);
  const length = d.int(1, distinct ? extent : 2 * extent);
  const shape = x.map((e, i) => (i === axis ? length : d.int(1, e)));
  const inner = product(shape.slice(axis + 1));
  const lines = range(product(shape) / length).map(() => d.shuffled(range(extent)).map((i) => d.axis(i, extent)));
  const values = range(product(shape)).map((i) => {
    const line = Math.floor(i / (inner * length)) * inner + (i % inner);
    return distinct ? at(at(lines, line), Math.floor(i / inner) % length) : d.int(-extent, extent - 1);
  });
  return { x, axis, indices: { dtype: d.pick(['int64', 'int32']), shape, values } };
}

const scatterElements: Generator<'ScatterElements'> = (d) => {
  const reduction = d.pick(['none', 'none', 'add', 'mul', 'max', 'min'] as const);
  const { x, axis, indices } = elementsOf(d, reduction === 'none');
  const dtype = d.pick(['float32', 'int32', 'int64'] as const);
  const operand = (shape: readonly number[]): CaseInput => ({ dtype, shape, low: -3, high: 4 });
  return {
    inputs: [operand(x), indices, operand(indices.shape)],
    attributes: { axis: d.axis(axis, x.length), reduction },
  };
};

const scatterNd: Generator<'ScatterND'> = (d) => {
  const reduction = d.pick(['none', 'none', 'add', 'mul', 'max', 'min'] as const);
  const x = d.shape(d.int(1, 4), 5);
  const depth = d.int(1, x.length);
  const places = product(x.slice(0, depth));
  // Which of several updates stays is left open where they replace.
  const lead = reduction === 'none' ? [d.int(1, places)] : d.shape(d.int(0, 2), 4);
  const chosen = reduction === 'none' ? d.shuffled(range(places)) : d.ints(product(lead), 0, places - 1);
  const values = range(product(lead)).flatMap((row) =>
    range(depth).map((q) => {
      const extent = at(x, q);
      return d.axis(Math.floor(at(chosen, row) / product(x.slice(q + 1, depth))) % extent, extent);
    }),
  );
  return {
    inputs: [
      { shape: x, low: -3, high: 4 },
      { dtype: 'int64', shape: [...lead, depth], values },
      { shape: [...lead, ...x.slice(depth)], low: -3, high: 4 },
    ],
    attributes: { reduction },
  };
};

const reshape: Generator<'Reshape'> = (d) => {
  const shape = d.shape(d.int(1, 4), 6);
  const split = d.int(0, shape.length);
  // Keep a prefix (by 0), fold the rest into −1.
  const target = [...shape.slice(0, split).map((e) => d.pick([0, e])), ...(d.chance(0.3) ? [1] : []), -1];
  return { inputs: [{ shape }, ints(target)], attributes: { allowZero: false } };
};

const cast: Generator<'Cast'> = (d) => {
  const types: readonly DType[] = ['float32', 'int32', 'int64', 'uint8', 'bool', ...UNSIGNED, 'int16'];
  const [from, to] = [d.pick(types), d.pick(types)];
  // Values outside the target are undefined in ONNX: keep unsigned ones non-negative.
  return {
    inputs: [
      { dtype: from, shape: d.shape(), low: [from, to].some((type) => UNSIGNED.includes(type)) ? 0 : -99, high: 99 },
    ],
    attributes: { to },
  };
};

const ACTIVATIONS: readonly ActivationKind[] = [
  ...(['relu', 'clip', 'leakyRelu', 'elu', 'selu', 'celu', 'sigmoid', 'hardSigmoid', 'hardSwish', 'swish'] as const),
  ...(['tanh', 'softplus', 'softsign', 'mish', 'gelu', 'geluTanh'] as const),
];

/** Functions that a recurrent cell can have. */
const CELLS: readonly RecurrentKind[] = [
  'relu',
  'tanh',
  'sigmoid',
  'affine',
  'leakyRelu',
  'thresholdedRelu',
  'scaledTanh',
  'hardSigmoid',
  'elu',
  'softsign',
  'softplus',
];

/** A recurrent node of a cell with so many gates, functions, and states. */
function recurrent(
  d: Dice,
  {
    gates,
    usual,
    states,
  }: { readonly gates: number; readonly usual: readonly RecurrentKind[]; readonly states: number },
): { readonly inputs: (CaseInput | undefined)[]; readonly attributes: Recurrent; readonly outputCount: number } {
  const chosen = d.chance(0.6);
  // Functions without bounds: numbers grow with every step.
  const [steps, batch, inputs, units] = [d.int(1, chosen ? 6 : 2), d.int(1, 4), d.int(1, 6), d.int(1, 9)];
  const direction = d.pick(['forward', 'reverse', 'bidirectional'] as const);
  const directions = direction === 'bidirectional' ? 2 : 1;
  const kinds = range(directions).flatMap(() => usual.map((kind) => (chosen ? kind : d.pick(CELLS))));
  const state: CaseInput = { shape: [directions, batch, units] };
  const given = d.chance(0.5) ? state : undefined;
  return {
    inputs: [
      { shape: [steps, batch, inputs] },
      weights([directions, gates * units, inputs]),
      weights([directions, gates * units, units]),
      d.chance(0.7) ? weights([directions, 2 * gates * units]) : undefined,
      d.chance(0.4) ? { dtype: 'int32', shape: [batch], values: d.ints(batch, 1, steps) } : undefined,
      ...range(states).map(() => given),
      ...(states === 2 && d.chance(0.4) ? [weights([directions, 3 * units])] : []),
    ],
    attributes: {
      direction,
      functions: kinds.map((kind) => ({ kind, alpha: d.real(0.1, 1), beta: d.real(0.1, 1) })),
      clip: d.chance(0.3) ? d.real(0.2, 2) : Infinity,
    },
    outputCount: 1 + states,
  };
}

/**
 * Operators that onnxruntime can judge: of integers with scales it knows one rule only, which has tests of its own, and some it does
 * not have at all. What compiling unrolls is no operator of one node.
 */
export type JudgedOp = Exclude<
  OpKind,
  keyof QuantiseOps | 'Inverse' | 'PsRoiPool' | 'CropAndResize' | 'DftMatrix' | UnrolledOp
>;

/** One generator per operator. */
export const GENERATORS: { readonly [K in JudgedOp]: Generator<K> } = {
  Conv: conv,
  ConvTranspose: convTranspose,
  DeformConv: deformConv,
  MaxPool: (d) => {
    const { inputs, window } = pool(d, true);
    return { inputs, attributes: window };
  },
  AveragePool: (d) => {
    const { inputs, window } = pool(d, true);
    return { inputs, attributes: { ...window, countIncludePad: d.chance(0.5) } };
  },
  LpPool: (d) => {
    const { inputs, window } = pool(d, true);
    return { inputs, attributes: { ...window, p: d.int(1, 3) } };
  },
  ArgMaxPool: (d) => {
    const { inputs, window } = pool(d, true);
    // Whole numbers, so that ties occur.
    const values = d.ints(product(at(inputs, 0).shape), -9, 9);
    return {
      inputs: [{ shape: at(inputs, 0).shape, values }],
      attributes: { ...window, storageOrder: d.pick(['row', 'column']) },
    };
  },
  MaxUnpool: maxUnpool,
  GlobalAveragePool: (d) => ({ inputs: [{ shape: d.shape(d.int(3, 5)) }], attributes: {} }),
  GlobalMaxPool: (d) => ({ inputs: [{ shape: d.shape(d.int(3, 5)) }], attributes: {} }),
  Gemm: gemm,
  MatMul: matMul,
  BatchNormalization: (d) => {
    const shape = d.shape(d.int(2, 4));
    const axis = d.int(1, shape.length - 1);
    const c = at(shape, axis);
    const positive: CaseInput = { shape: [c], low: 0.2, high: 2, constant: true };
    return {
      inputs: [{ shape }, weights([c]), weights([c]), weights([c]), positive],
      attributes: { axis: d.axis(axis, shape.length), epsilon: d.pick([1e-5, 1e-3]), activation: d.activation() },
    };
  },
  LpNormalization: (d) => {
    const shape = d.shape(d.int(1, 4), 9);
    const scale = d.chance(0.5) ? [weights(shape.slice(-1))] : [];
    const attributes = { p: d.pick([1, 2] as const), least: d.pick([1e-12, 1]), added: d.pick([0, 0.25]) };
    return { inputs: [{ shape, low: -3, high: 3 }, ...scale], attributes };
  },
  LRN: (d) => ({
    inputs: [{ shape: [d.int(1, 2), d.int(1, 4), d.int(1, 4), d.int(1, 9)], low: -3, high: 3 }],
    attributes: { size: d.pick([1, 3, 5]), alpha: d.real(1e-4, 1), beta: d.real(0.3, 1), bias: d.real(0.5, 2) },
  }),
  Softmax: (d) => {
    const shape = d.shape(d.int(1, 4), 7);
    const axes = d.chance(0.7) ? [d.axis(d.int(0, shape.length - 1), shape.length)] : d.axes(shape.length);
    return { inputs: [{ shape, low: -9, high: 9 }], attributes: { axes, log: d.chance(0.4) } };
  },
  Activation: (d) => ({
    inputs: [{ shape: d.shape(), low: -8, high: 8 }],
    attributes: { activation: { kind: d.pick(ACTIVATIONS), alpha: d.real(0.1, 1), beta: d.real(1, 3) } },
  }),
  PRelu: (d) => {
    const shape = d.shape(d.int(2, 4));
    return { inputs: [{ shape }, { shape: d.narrowed(shape), constant: d.chance(0.5) }], attributes: {} };
  },
  Unary: unary,
  Binary: binary,
  Det: (d) => {
    const n = d.int(1, 6);
    return { inputs: [{ shape: [...d.shape(d.int(0, 2)), n, n] }], attributes: {} };
  },
  Where: (d) => {
    const shape = d.shape();
    const dtype = d.pick(['float32', 'int64'] as const);
    return {
      inputs: [
        { dtype: 'bool', shape: d.narrowed(shape) },
        { dtype, shape, low: -9, high: 9 },
        { dtype, shape: d.narrowed(shape), low: -9, high: 9 },
      ],
      attributes: {},
    };
  },
  If: (d) => {
    const shape = d.shape();
    const dtype = d.pick(['float32', 'int64'] as const);
    const branch = { dtype, shape, low: -9, high: 9 };
    return {
      inputs: [{ dtype: 'bool', shape: d.chance(0.5) ? [] : [1] }, branch, branch],
      attributes: { missing: [] },
    };
  },
  Cast: cast,
  Reshape: reshape,
  Flatten: (d) => {
    const shape = d.shape(d.int(1, 4));
    return { inputs: [{ shape }], attributes: { axis: d.int(-shape.length, shape.length) } };
  },
  Squeeze: (d) => {
    const shape = d.shape(d.int(2, 5), 2);
    const ones = range(shape.length).filter((i) => shape[i] === 1 && d.chance(0.7));
    return { inputs: [{ shape }], attributes: { axes: ones.map((a) => d.axis(a, shape.length)) } };
  },
  Unsqueeze: (d) => {
    const shape = d.shape(d.int(0, 3));
    const rank = shape.length + d.int(1, 2);
    const axes = d.shuffled(range(rank)).slice(0, rank - shape.length);
    return { inputs: [{ shape }], attributes: { axes: axes.map((a) => d.axis(a, rank)) } };
  },
  Identity: (d) => ({ inputs: [{ shape: d.shape() }], attributes: {} }),
  Transpose: (d) => {
    const shape = d.shape(d.int(1, 5), 5);
    return { inputs: [{ shape }], attributes: { perm: d.chance(0.1) ? [] : d.shuffled(range(shape.length)) } };
  },
  Concat: (d) => {
    const shape = d.shape();
    const axis = d.int(0, shape.length - 1);
    const inputs = range(d.int(1, 4)).map(() => ({ shape: shape.map((e, i) => (i === axis ? d.int(1, 5) : e)) }));
    return { inputs, attributes: { axis: d.axis(axis, shape.length) } };
  },
  Split: (d) => {
    const sizes = d.chance(0.5) ? d.ints(d.int(1, 4), 1, 4) : range(d.int(1, 4)).fill(d.int(1, 3));
    const shape = d.shape(d.int(1, 4), 4);
    const axis = d.int(0, shape.length - 1);
    const whole = shape.map((e, i) => (i === axis ? sizes.reduce((a, b) => a + b, 0) : e));
    const equal = sizes.every((s) => s === sizes[0]) && d.chance(0.5);
    return {
      inputs: [{ shape: whole }],
      attributes: { axis: d.axis(axis, shape.length), sizes: equal ? [] : sizes },
      outputCount: sizes.length,
    };
  },
  Slice: slice,
  Pad: pad,
  Gather: (d) => {
    const shape = d.shape(d.int(1, 4));
    const axis = d.int(0, shape.length - 1);
    const indices = d.shape(d.int(0, 2), 4);
    const extent = at(shape, axis);
    const values = d.ints(product(indices), -extent, extent - 1);
    return {
      inputs: [{ shape }, { dtype: d.pick(['int64', 'int32']), shape: indices, values, constant: d.chance(0.5) }],
      attributes: { axis: d.axis(axis, shape.length) },
    };
  },
  Trilu: (d) => {
    const shape = d.shape(d.int(2, 4), 7);
    const k = { dtype: 'int64', shape: [], values: [d.int(-7, 7)] } as const;
    return { inputs: [{ shape }, k], attributes: { upper: d.chance(0.5) } };
  },
  ReverseSequence: (d) => {
    const shape = d.shape(d.int(2, 4), 7);
    const batchAxis = d.int(0, 1);
    const times = at(shape, 1 - batchAxis);
    const batches = at(shape, batchAxis);
    return {
      inputs: [{ shape }, { dtype: 'int64', shape: [batches], values: d.ints(batches, 1, times) }],
      attributes: { batchAxis, timeAxis: 1 - batchAxis },
    };
  },
  CumSum: (d) => {
    const shape = d.shape(d.int(1, 4), 9);
    const axis = d.axis(d.int(0, shape.length - 1), shape.length);
    const dtype = d.pick(['float32', 'int32', 'int64'] as const);
    return {
      inputs: [{ dtype, shape, low: -9, high: 9 }],
      attributes: { axis, exclusive: d.chance(0.5), reverse: d.chance(0.5) },
    };
  },
  GatherND: gatherNd,
  GatherElements: (d) => {
    const { x, axis, indices } = elementsOf(d, false);
    return { inputs: [{ shape: x }, indices], attributes: { axis: d.axis(axis, x.length) } };
  },
  ScatterElements: scatterElements,
  ScatterND: scatterNd,
  MaxRoiPool: maxRoiPool,
  RoiAlign: roiAlign,
  DeformRoiPool: deformRoiPool,
  Expand: (d) => {
    const shape = d.shape();
    return { inputs: [{ shape: d.narrowed(shape) }, ints(d.chance(0.3) ? d.narrowed(shape) : shape)], attributes: {} };
  },
  Tile: (d) => {
    const shape = d.shape(d.int(1, 4), 4);
    return { inputs: [{ shape }, ints(d.ints(shape.length, 1, 3))], attributes: {} };
  },
  Shape: (d) => ({ inputs: [{ shape: d.shape(d.int(0, 5)) }], attributes: {} }),
  ConstantOfShape: (d) => {
    const dtype = d.pick(['float32', 'int64', 'int32', 'bool'] as const);
    return { inputs: [ints(d.shape(d.int(0, 3)))], attributes: { dtype, value: dtype === 'bool' ? 1 : d.int(-3, 3) } };
  },
  Range: (d) => {
    const dtype = d.pick(['float32', 'int64', 'int32'] as const);
    const delta = d.pick([1, 2, 3, -1, -2]) * (dtype === 'float32' ? d.pick([0.25, 0.5, 1]) : 1);
    const start = d.int(-5, 5);
    const limit = start + delta * d.int(0, 6) + Math.sign(delta) * (dtype === 'float32' ? 0.125 : 0);
    return { inputs: [scalar(dtype, start), scalar(dtype, limit), scalar(dtype, delta)], attributes: {} };
  },
  Resize: resize,
  GridSample: gridSample,
  Reduce: reduce,
  ArgReduce: (d) => {
    const shape = d.shape(d.int(1, 4), 7);
    const axis = d.axis(d.int(0, shape.length - 1), shape.length);
    // Whole numbers, so that ties occur.
    const values = d.ints(product(shape), -2, 2);
    return {
      inputs: [{ shape, values }],
      attributes: {
        kind: d.pick(['max', 'min']),
        axis,
        keepDims: d.chance(0.5),
        last: d.chance(0.3),
        dtype: d.pick(['int32', 'int64']),
      },
    };
  },
  NonZero: (d) => {
    const shape = d.shape(d.int(1, 4), 9);
    return { inputs: [{ shape, values: d.ints(product(shape), -1, 1) }], attributes: {}, outputCount: 2 };
  },
  MelWeightMatrix: (d) => {
    const [bins, length] = [d.int(1, 40), d.int(8, 600)];
    const rate = d.pick([8000, 16000, 22050]);
    const edges = [d.int(0, rate / 8), d.int(rate / 4, rate / 2)].map((hertz) => scalar('float32', hertz));
    return {
      inputs: [...[bins, length, rate].map((v) => scalar('int64', v)), ...edges],
      attributes: { dtype: 'float32' },
    };
  },
  BoxDecode: (d) => {
    const coding = d.pick(['centerSize', 'centerLinear', 'corner', 'cornerSize', 'distance', 'distribution'] as const);
    const bins = coding === 'distribution' ? d.int(1, 9) : 0;
    const points = coding === 'distribution' ? 0 : d.int(0, 3);
    const rows = d.shape(d.int(0, 3));
    return {
      inputs: [
        { shape: [...rows, (bins > 0 ? 4 * bins : 4) + 2 * points] },
        { shape: [...d.narrowed(rows), 4], low: 1, high: 5 },
      ],
      attributes: {
        coding,
        bins,
        points,
        anchorForm: d.pick(['corners', 'centers'] as const),
        factors: [d.real(0.1, 2), d.real(0.1, 2), d.real(0.1, 2), d.real(0.1, 2)],
        anchorExtent: d.int(0, 1),
        boxExtent: d.int(0, 1),
        maxExponent: d.chance(0.5) ? 0.5 : Infinity,
        clip: d.chance(0.5) ? [0, 0.5, 4, 3] : [],
      },
    };
  },
  Compress: (d) => {
    const shape = d.shape(d.int(1, 4), 7);
    const axis = d.int(0, shape.length - 1);
    const length = d.int(1, at(shape, axis));
    return {
      inputs: [{ shape }, { dtype: 'bool', shape: [length], values: d.ints(length, 0, 1) }],
      attributes: { axis: d.axis(axis, shape.length) },
      outputCount: 2,
    };
  },
  Unique: (d) => {
    const shape = d.chance(0.2) ? [d.int(60, 300)] : d.shape(d.int(1, 4), 7);
    const values = d.ints(product(shape), 0, shape.length === 1 ? 40 : 1);
    const dtype = d.pick(['float32', 'int64', 'int8'] as const);
    return {
      inputs: [{ dtype, shape, values }],
      attributes: { axis: d.axis(d.int(0, shape.length - 1), shape.length), sorted: d.chance(0.6) },
      outputCount: 5,
    };
  },
  NonMaxSuppression: (d) => {
    const [batches, classes, n] = [d.int(1, 2), d.int(1, 3), d.int(1, 70)];
    const parts = (count: number, of: number): number[] => d.ints(count, 0, of).map((v) => v / of);
    return {
      inputs: [
        { shape: [batches, n, 4], values: parts(batches * n * 4, 16) },
        { shape: [batches, classes, n], values: parts(batches * classes * n, 64) },
        ints([d.int(0, n)]),
        { shape: [1], values: [d.int(0, 8) / 8], constant: true },
        { shape: [1], values: [d.int(0, 4) / 8] },
      ],
      attributes: {
        ...GREEDY_SUPPRESSION,
        centerPointBox: d.chance(0.5),
      },
      outputCount: 2,
    };
  },
  TopK: (d) => {
    const shape = d.shape(d.int(1, 3), 9);
    const axis = d.int(0, shape.length - 1);
    const k = d.int(1, at(shape, axis));
    const ties = d.chance(0.4) ? { values: d.ints(product(shape), -2, 2) } : {};
    return {
      inputs: [{ shape, ...ties }, d.chance(0.5) ? ints([k]) : scalar('int64', k)],
      attributes: { axis: d.axis(axis, shape.length), largest: d.chance(0.5) },
      outputCount: 2,
    };
  },
  ChannelShuffle: (d) => {
    const groups = d.int(1, 4);
    return { inputs: [{ shape: [...d.shape(d.int(1, 3), 4), groups * d.int(1, 4)] }], attributes: { groups } };
  },
  LSTM: (d) => {
    const { attributes, ...drawn } = recurrent(d, { gates: 4, usual: ['sigmoid', 'tanh', 'tanh'], states: 2 });
    return { ...drawn, attributes: { ...attributes, inputForget: d.chance(0.2) } };
  },
  GRU: (d) => {
    const { attributes, ...drawn } = recurrent(d, { gates: 3, usual: ['sigmoid', 'tanh'], states: 1 });
    return { ...drawn, attributes: { ...attributes, linearBeforeReset: d.chance(0.5) } };
  },
  RNN: (d) => recurrent(d, { gates: 1, usual: ['tanh'], states: 1 }),
};

/** The `index`-th random case of an operator; the same on every machine. */
export function randomCase<K extends JudgedOp>(op: K, index: number): OpCase<K> {
  const seed = [...op].reduce((h, ch) => Math.imul(h ^ ch.charCodeAt(0), 16777619), 2166136261) + index * 7919;
  const generate: Generator<K> = GENERATORS[op];
  return { name: `${op} ${index}`, op, ...generate(new Dice(seed)) };
}

/** A case on one line, as a failing test prints it. */
export function describeCase({ op, inputs, attributes }: OpCase): string {
  const operands = inputs.map((i) =>
    i ? `${i.dtype ?? 'float32'}[${i.shape.join(',')}]${i.constant && i.values ? `=${i.values.join(',')}` : ''}` : '_',
  );
  return `${op}(${operands.join(', ')}) ${JSON.stringify(attributes satisfies OpAttributes[OpKind])}`;
}
