/** Random networks: layers, blocks and plumbing drawn from a seed, with the awkward sharing that importers never produce. */
import { isFloat, type DType } from '../../src/core/dtype.ts';
import { tensorOf, type Shape, type TensorDesc } from '../../src/core/tensor.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { Graph } from '../../src/ir/graph.ts';
import type { Activation, BinaryKind, Node, OpAttributes, OpKind, ReduceKind } from '../../src/ir/ops.ts';
import { NO_ACTIVATION, RELU, RELU6 } from '../../src/ir/ops.ts';
import { PLAIN_RESIZE } from '../../src/ir/shapes/resize.ts';
import { fitsInside } from '../../src/passes/lib/constants.ts';
import { asOperand, inferNode } from '../../src/passes/lib/evaluate.ts';
import { at, product, range } from '../../src/util/arrays.ts';
import { randomSource, randomTensor } from '../helpers/random.ts';

/** A value of the network under construction. */
interface Value extends TensorDesc {
  readonly name: string;
}

const ACTIVATIONS: readonly Activation[] = [
  NO_ACTIVATION,
  RELU,
  RELU6,
  { kind: 'sigmoid', alpha: 0, beta: 0 },
  { kind: 'hardSwish', alpha: 0, beta: 0 },
  { kind: 'leakyRelu', alpha: 0.1, beta: 0 },
  { kind: 'swish', alpha: 0, beta: 0 },
  { kind: 'tanh', alpha: 0, beta: 0 },
];

/** 3×3, as large as before. */
const SAME3 = {
  kernel: [3, 3],
  strides: [1, 1],
  dilations: [1, 1],
  pads: [1, 1, 1, 1],
  padMode: 'explicit' as const,
  ceilMode: false,
};

/** Larger values make no further layers, so that networks stay small. */
const MAX_ELEMENTS = 4000;

/** A network of `steps` layers for a seed: the same on every machine. */
export function randomNetwork(seed: number, steps = 12): Graph {
  return new Net(seed).draw(steps);
}

class Net {
  readonly #b: GraphBuilder;
  readonly #random: () => number;
  readonly #values: Value[] = [];

  constructor(seed: number) {
    this.#b = new GraphBuilder(`random-${seed}`);
    this.#random = randomSource(seed);
  }

  draw(steps: number): Graph {
    const batch = this.#int(1, 3);
    const planes = [this.#int(1, 9), this.#int(1, 9), this.#pick([1, 2, 3, 4, 5, 6, 8, 12])];
    this.#values.push(this.#input('x', 'float32', [batch, ...planes]));
    if (this.#chance(0.4)) this.#values.push(this.#input('v', 'float32', this.#ints(this.#int(0, 3), 1, 5)));
    if (this.#chance(0.4)) this.#values.push(this.#input('i', 'int64', this.#ints(this.#int(0, 2), 1, 4)));
    if (this.#chance(0.4)) this.#values.push(this.#input('c', 'bool', this.#pick([[], [1], [batch, 1, 1, 1]])));
    for (let i = 0; i < steps; i++) this.#values.push(...this.#layer(this.#recent()));
    return this.#finish();
  }

  /** The last values; some that were read meanwhile; now and then an input or a constant. */
  #finish(): Graph {
    const names = [...this.#values.slice(-3), this.#pick(this.#values)].map((v) => v.name);
    if (this.#chance(0.2)) names.push(this.#constant([2, 3]).name);
    if (this.#chance(0.1)) names.push(at(names, 0));
    for (const name of names) this.#b.output(name);
    return this.#b.build();
  }

  #layer(x: Value): Value[] {
    if (product(x.shape) > MAX_ELEMENTS) return [this.#reduce(x)];
    if (!isFloat(x.dtype)) return this.#plumbing(x);
    const kind = this.#int(0, 11);
    const map = x.shape.length === 4 && product(x.shape) > 0;
    if (kind > 9 && map) return [this.#mixing(x)];
    if (kind < 3 && map) return [this.#spatial(x)];
    if (kind === 3 && map) return [this.#block(x)];
    if (kind < 6) return [this.#arithmetic(x)];
    if (kind < 7) return [this.#normalise(x)];
    return this.#plumbing(x);
  }

  /** A layer on NHWC maps, bare or between the transpositions of a channels-first model. */
  #spatial(x: Value): Value {
    if (this.#chance(0.5)) return this.#bare(x);
    return this.#transpose(this.#bare(this.#transpose(x, [0, 2, 3, 1])), [0, 3, 1, 2]);
  }

  #bare(x: Value): Value {
    switch (this.#int(0, 6)) {
      case 0:
      case 1:
        return this.#conv(x);
      case 2:
        return this.#batchNormalise(this.#conv(x), 3);
      case 3:
        return this.#pool(x);
      case 4:
        return this.#one(this.#pick(['GlobalAveragePool', 'GlobalMaxPool'] as const), [x], {});
      case 5:
        return this.#resize(x);
      default: {
        const groups = this.#divisor(this.#channels(x));
        return this.#one('ChannelShuffle', [x], { groups });
      }
    }
  }

  #conv(x: Value, out = this.#int(1, 9), groups?: number): Value {
    const inC = this.#channels(x);
    const group = groups && inC % groups === 0 ? groups : this.#chance(0.3) ? inC : this.#divisor(inC);
    const outC = group * Math.max(1, Math.floor(out / group));
    const padMode = this.#pick(['explicit', 'explicit', 'sameUpper', 'sameLower'] as const);
    const kernel = this.#ints(2, 1, this.#pick([1, 3]));
    const dilations = this.#ints(2, 1, 2);
    // Pads of the dilated extent less one: the window fits every map.
    const reach = kernel.map((k, d) => (k - 1) * at(dilations, d));
    const pads = padMode === 'explicit' ? [...reach.map((r) => Math.floor(r / 2)), ...reach] : [0, 0, 0, 0];
    const strides = this.#chance(0.3) ? this.#ints(2, 1, 2) : [1, 1];
    const w = this.#constant([...kernel, inC / group, outC], Math.sqrt(3 / (product(kernel) * (inC / group))));
    const bias = this.#chance(0.5) ? [this.#constant([outC])] : [];
    const attributes = { strides, dilations, pads, padMode, group, activation: NO_ACTIVATION };
    return this.#one('Conv', [x, w, ...bias], attributes);
  }

  #depthwise(x: Value): Value {
    const group = this.#channels(x);
    const { kernel, ceilMode: _, ...window } = SAME3;
    const w = this.#constant([...kernel, 1, group], 0.5);
    return this.#one('Conv', [x, w], { ...window, group, activation: NO_ACTIVATION });
  }

  #pointwise(x: Value, out: number, group = 1): Value {
    const channels = this.#channels(x);
    const window = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], padMode: 'explicit' as const, group };
    const w = this.#constant([1, 1, channels / group, out], Math.sqrt(3 / channels));
    return this.#one('Conv', [x, w, this.#constant([out])], { ...window, activation: NO_ACTIVATION });
  }

  #pool(x: Value): Value {
    const kernel = this.#ints(2, 1, 3);
    const window = {
      kernel,
      strides: this.#ints(2, 1, 2),
      dilations: [1, 1],
      pads: [...kernel.map((k) => Math.floor(k / 2)), ...kernel.map((k) => k - 1 - Math.floor(k / 2))],
      padMode: 'explicit' as const,
      ceilMode: this.#chance(0.3),
    };
    if (this.#chance(0.5)) return this.#one('MaxPool', [x], window);
    return this.#one('AveragePool', [x], { ...window, countIncludePad: this.#chance(0.5) });
  }

  #resize(x: Value): Value {
    const sizes = this.#intConstant(this.#ints(2, 1, 12));
    return this.#one('Resize', [x, undefined, sizes], {
      ...PLAIN_RESIZE,
      axes: [1, 2],
      mode: this.#pick(['nearest', 'linear'] as const),
      coordinateMode: this.#pick(['half_pixel', 'asymmetric', 'align_corners'] as const),
      nearestMode: 'floor',
    });
  }

  /** A residual block, a squeeze-and-excitation gate, or a branch that is concatenated. NHWC or NCHW alike. */
  #block(x: Value): Value {
    const nhwc = this.#transpose(x, [0, 2, 3, 1]);
    const channels = this.#channels(nhwc);
    const same = (out: number): Value => this.#pointwise(nhwc, out);
    const back = (v: Value): Value => this.#transpose(v, [0, 3, 1, 2]);
    switch (this.#int(0, 3)) {
      case 0: {
        const branch = this.#activate(this.#batchNormalise(same(channels), 3));
        return this.#activate(this.#binary('add', back(branch), x));
      }
      case 1:
        return back(this.#binary('add', same(channels), same(channels)));
      case 2: {
        const gate = this.#pointwise(this.#one('GlobalAveragePool', [nhwc], {}), channels);
        return back(this.#binary('mul', nhwc, this.#activate(gate)));
      }
      default:
        return this.#one('Concat', [x, back(same(this.#int(1, 5))), x], { axis: 1 });
    }
  }

  /** Blocks whose channels are put together, taken apart and mixed: what planning does without copies. */
  #mixing(x: Value): Value {
    const nhwc = this.#chance(0.5) ? x : this.#transpose(x, [0, 2, 3, 1]);
    switch (this.#int(0, 6)) {
      case 0:
        return this.#branches(nhwc);
      case 1:
        return this.#dense(nhwc);
      case 2:
        return this.#exchange(nhwc);
      case 3: {
        const group = this.#pick([2, 3, 4]);
        const wide = this.#pointwise(this.#pointwise(nhwc, 2 * group), group * this.#int(1, 4), group);
        const y = this.#one('ChannelShuffle', [wide], { groups: group });
        return this.#activate(this.#binary('add', this.#pointwise(y, this.#channels(nhwc)), nhwc));
      }
      case 4:
        return this.#interleaved(nhwc);
      case 5: {
        const [a, b] = this.#halves(nhwc);
        return this.#one('Concat', [this.#activate(b), this.#batchNormalise(a, 3)], { axis: 3 });
      }
      default: {
        const rows = [nhwc, this.#pointwise(nhwc, this.#channels(nhwc))].map((v) => this.#pointwise(v, 6));
        const flat = rows.map((v) => this.#reshape(v, [1, -1, 1, 3]));
        return this.#pointwise(this.#one('Concat', flat, { axis: 1 }), 4);
      }
    }
  }

  /** Branches side by side, some of them nested, one of them perhaps the input itself or one used twice. */
  #branches(x: Value): Value {
    const branch = (): Value => {
      switch (this.#int(0, 5)) {
        case 0:
          return x;
        case 1:
          return this.#one('MaxPool', [x], SAME3);
        case 2:
          return this.#activate(x);
        case 3:
          return this.#one('Concat', [this.#pointwise(x, this.#int(1, 8)), this.#pointwise(x, 4)], { axis: 3 });
        default:
          return this.#activate(this.#pointwise(x, this.#pick([1, 3, 4, 8])));
      }
    };
    const parts = range(this.#int(2, 4)).map(branch);
    if (this.#chance(0.3)) parts.push(at(parts, 0));
    const y = this.#one('Concat', parts, { axis: 3 });
    return this.#chance(0.5) ? this.#activate(y) : this.#pointwise(y, 4);
  }

  /** Each layer sees all before it (arXiv:1608.06993). */
  #dense(x: Value): Value {
    let y = x;
    for (let i = 0; i < 3; i++) {
      const seen = this.#chance(0.5) ? this.#activate(this.#batchNormalise(y, 3)) : y;
      y = this.#one('Concat', [y, this.#pointwise(seen, this.#pick([2, 4]))], { axis: 3 });
    }
    return this.#pointwise(y, 4);
  }

  /** Units of ShuffleNet v2: half of the channels pass, all are shuffled. */
  #exchange(x: Value): Value {
    let y = this.#pointwise(x, this.#pick([4, 8, 12, 16]));
    for (let i = 0; i < this.#int(1, 3); i++) {
      const [kept, worked] = this.#halves(y);
      const branch = this.#pointwise(this.#depthwise(worked), this.#channels(kept));
      const both = this.#one('Concat', this.#chance(0.8) ? [kept, branch] : [branch, kept], { axis: 3 });
      y = this.#one('ChannelShuffle', [both], { groups: this.#pick([2, 2, 4]) });
    }
    return this.#chance(0.5) ? y : this.#pointwise(y, 5);
  }

  /** Every second channel taken by itself. */
  #interleaved(x: Value): Value {
    const width = this.#pick([2, 3, 4]);
    const both = this.#one('Concat', [this.#pointwise(x, 2 * width), this.#pointwise(x, 2 * width)], { axis: 3 });
    const each = range(2).map((start) => {
      const bounds = [[start], [4 * width], [3], [2]].map((v) => this.#intConstant(v));
      return this.#one('Slice', [both, ...bounds], {});
    });
    return this.#one('Concat', [at(each, 0), this.#pointwise(at(each, 1), 3)], { axis: 3 });
  }

  #halves(x: Value): readonly [Value, Value] {
    const channels = this.#channels(x);
    if (channels < 2) return [x, x];
    const first = Math.floor(channels / 2);
    const [a, b] = this.#add('Split', [x], { axis: 3, sizes: [first, channels - first] }, 2);
    return [a ?? x, b ?? x];
  }

  #arithmetic(x: Value): Value {
    switch (this.#int(0, 6)) {
      case 0:
        return this.#activate(x);
      case 1:
        return this.#binary('add', x, x);
      case 2:
        return this.#one('Activation', [this.#binary('mul', x, this.#fitting(x))], { activation: at(ACTIVATIONS, 7) });
      case 3:
        return this.#binary(this.#pick(['add', 'sub', 'max', 'min'] as const), x, this.#fitting(x));
      case 4: {
        const scalar = this.#constant(this.#pick([[], [1]]));
        return this.#chance(0.5) ? this.#binary('mul', x, scalar) : this.#binary('sub', scalar, x);
      }
      case 5: {
        const condition = this.#values.find((v) => v.dtype === 'bool' && fitsInside(v.shape, x.shape));
        return condition ? this.#one('Where', [condition, x, this.#fitting(x)], {}) : this.#activate(x);
      }
      default:
        return this.#one('Unary', [x], { kind: this.#pick(['neg', 'abs', 'square', 'sin'] as const) });
    }
  }

  #normalise(x: Value): Value {
    const last = x.shape.length - 1;
    if (last < 1 || product(x.shape) === 0) return this.#activate(x);
    switch (this.#int(0, 4)) {
      case 0:
        return this.#one('Softmax', [x], { axes: [this.#int(0, last)], log: this.#chance(0.3) });
      case 1: {
        const flat = this.#reshape(x, [at(x.shape, 0), -1]);
        const depth = at(flat.shape, 1);
        const transB = this.#chance(0.5);
        const out = this.#int(1, 9);
        const w = this.#constant(transB ? [out, depth] : [depth, out], Math.sqrt(3 / depth));
        const c = this.#constant(this.#pick([[out], [1], [1, out], [at(x.shape, 0), 1]]));
        const attributes = { alpha: 0.5, beta: this.#pick([1, 2]), transA: false, transB, activation: NO_ACTIVATION };
        return this.#one('Gemm', [flat, w, ...(this.#chance(0.7) ? [c] : [])], attributes);
      }
      case 2: {
        const depth = at(x.shape, last);
        const w = this.#constant(this.#chance(0.3) ? [depth] : [depth, this.#int(1, 6)], Math.sqrt(3 / depth));
        const y = this.#one('MatMul', [x, w], { transA: false, transB: false, activation: NO_ACTIVATION });
        return this.#chance(0.5) ? this.#activate(this.#binary('add', y, this.#constant(y.shape.slice(-1)))) : y;
      }
      default:
        return this.#batchNormalise(x, this.#chance(0.5) ? last : 1);
    }
  }

  #batchNormalise(x: Value, axis: number): Value {
    const channels = [at(x.shape, axis)];
    const variance = this.#addConstant(randomTensor('float32', channels, this.#random, 0.5, 2));
    const parameters = [...range(3).map(() => this.#constant(channels)), variance];
    return this.#one('BatchNormalization', [x, ...parameters], { axis, epsilon: 1e-5, activation: NO_ACTIVATION });
  }

  #reduce(x: Value): Value {
    const axis = x.shape.reduce((best, d, i) => (d > at(x.shape, best) ? i : best), 0);
    const kind: ReduceKind = isFloat(x.dtype) ? this.#pick(['mean', 'max'] as const) : 'max';
    return this.#one('Reduce', [x], { kind, axes: [axis], keepDims: this.#chance(0.5) });
  }

  /** Everything that only moves elements, on values of any type and rank. */
  #plumbing(x: Value): Value[] {
    const rank = x.shape.length;
    const axis = this.#int(0, Math.max(0, rank - 1));
    switch (rank === 0 ? 6 + this.#int(0, 2) : this.#int(0, 9)) {
      case 0: {
        const extent = at(x.shape, axis);
        if (extent < 2) return [this.#one('Identity', [x], {})];
        const first = this.#int(1, extent - 1);
        return this.#add('Split', [x], { axis, sizes: [first, extent - first] }, 2);
      }
      case 1:
        return [this.#one('Concat', this.#chance(0.5) ? [x, x] : [x], { axis })];
      case 2:
        return [this.#transpose(x, this.#shuffled(range(rank)))];
      case 3:
        return [this.#reshape(x, this.#chance(0.5) ? [-1] : [...x.shape].reverse())];
      case 4: {
        const step = this.#pick([1, 2, -1]);
        const [start, end] = step < 0 ? [-1, -1000] : [this.#int(0, 1), 1000];
        const ints = [[start], [end], [axis], [step]].map((v) => this.#intConstant(v));
        return [this.#one('Slice', [x, ...ints], {})];
      }
      case 5: {
        const pads = this.#ints(2 * rank, 0, 1);
        return [this.#one('Pad', [x, this.#intConstant(pads)], { mode: 'constant' })];
      }
      case 6:
        return [this.#one('Identity', [x], {})];
      case 7:
        return [this.#one('Unsqueeze', [x], { axes: [this.#int(0, rank)] })];
      case 8: {
        const to: DType = isFloat(x.dtype) ? 'float32' : this.#pick(['float32', 'int32', 'bool'] as const);
        return [this.#one('Cast', [x], { to })];
      }
      default: {
        const extent = at(x.shape, axis);
        if (extent === 0) return [x];
        const indices = this.#intConstant(this.#ints(this.#int(1, 3), -extent, extent - 1));
        return [this.#one('Gather', [x, indices], { axis })];
      }
    }
  }

  /** A value or constant that broadcasts against x without enlarging it. */
  #fitting(x: Value): Value {
    const others = this.#values.filter((v) => v !== x && v.dtype === x.dtype && fitsInside(v.shape, x.shape));
    if (others.length > 0 && this.#chance(0.6)) return this.#pick(others);
    const narrow = x.shape.map((d) => (this.#chance(0.5) ? 1 : d));
    return this.#constant(narrow.slice(this.#int(0, narrow.length)));
  }

  #activate(x: Value): Value {
    return this.#one('Activation', [x], { activation: this.#pick(ACTIVATIONS) });
  }

  #binary(kind: BinaryKind, a: Value, b: Value): Value {
    return this.#one('Binary', [a, b], { kind, activation: NO_ACTIVATION });
  }

  #transpose(x: Value, perm: readonly number[]): Value {
    return this.#one('Transpose', [x], { perm });
  }

  #reshape(x: Value, shape: readonly number[]): Value {
    return this.#one('Reshape', [x, this.#intConstant(shape)], { allowZero: true });
  }

  #one<K extends OpKind>(op: K, inputs: readonly (Value | undefined)[], attributes: OpAttributes[K]): Value {
    return at(this.#add(op, inputs, attributes, 1), 0);
  }

  #add<K extends OpKind>(
    op: K,
    inputs: readonly (Value | undefined)[],
    attributes: OpAttributes[K],
    outputCount: number,
  ): Value[] {
    const names = inputs.map((v) => v?.name ?? '');
    const outputs = this.#b.add(op, names, attributes, { outputCount });
    const node = { op, name: op, inputs: names, outputs, attributes } as unknown as Node;
    const operands = inputs.map((v) => v && asOperand(v, this.#b.tensor(v.name)));
    const descs = inferNode(node, operands);
    return outputs.map((name, i) => ({ name, ...at(descs, i) }));
  }

  #input(name: string, dtype: DType, shape: Shape): Value {
    return { name: this.#b.input(name, dtype, shape), dtype, shape };
  }

  #constant(shape: Shape, scale = 1): Value {
    return this.#addConstant(randomTensor('float32', shape, this.#random, -scale, scale));
  }

  #intConstant(values: readonly number[]): Value {
    return this.#addConstant(tensorOf('int64', [values.length], values));
  }

  #addConstant(t: ReturnType<typeof tensorOf>): Value {
    return { name: this.#b.constant('k', t), dtype: t.dtype, shape: t.shape };
  }

  /** One of the last values, mostly the last. */
  #recent(): Value {
    return at(this.#values, Math.max(0, this.#values.length - 1 - this.#pick([0, 0, 0, 1, 1, 2, 4])));
  }

  #channels(x: Value): number {
    return at(x.shape, x.shape.length - 1);
  }

  #divisor(n: number): number {
    return this.#pick(range(n + 1).filter((d) => d > 0 && n % d === 0));
  }

  #shuffled(list: number[]): number[] {
    return list
      .map((v) => ({ v, key: this.#random() }))
      .sort((a, b) => a.key - b.key)
      .map(({ v }) => v);
  }

  #ints(count: number, low: number, high: number): number[] {
    return range(count).map(() => this.#int(low, high));
  }

  #int(low: number, high: number): number {
    return low + Math.floor(this.#random() * (high - low + 1));
  }

  #chance(p: number): boolean {
    return this.#random() < p;
  }

  #pick<T>(list: readonly T[]): T {
    return at(list, this.#int(0, list.length - 1));
  }
}
