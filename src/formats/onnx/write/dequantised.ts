/**
 * Networks on integers as networks on real numbers between DequantizeLinear and QuantizeLinear, for runtimes that round otherwise:
 * each operator's result is its own, or a step away where it was rounded by another rule.
 */
import { extremesOf } from '../../../core/extremes.ts';
import { UnsupportedError, type Unsupported } from '../../../core/errors.ts';
import { tensorOf, zeros, type Tensor } from '../../../core/tensor.ts';
import { GraphBuilder } from '../../../ir/builder.ts';
import type { Graph } from '../../../ir/graph.ts';
import { isOp } from '../../../ir/is-op.ts';
import {
  NO_ACTIVATION,
  type Node,
  type NodeOf,
  type OpKind,
  type QuantiseOps,
  type Requantised,
} from '../../../ir/ops.ts';
import { at } from '../../../util/arrays.ts';
import { describedFacts, type Facts } from '../facts.ts';
import { factsOf } from '../further-facts.ts';

/** Operators whose operands and results are integers of scales. */
type Rounded = Extract<keyof QuantiseOps, `QLinear${string}`>;

/** What is read of a node. */
type Use = Pick<Node, 'name' | 'op' | 'inputs' | 'outputs'>;

/** The same of one whose result is held in a range. */
type HeldUse = Use & { readonly attributes: Pick<Requantised, 'range'> };

/** Writes what one computes, with its operands as real numbers. */
type Row<K extends Rounded> = (r: RealNodes, node: NodeOf<K>) => void;

const ROWS: { readonly [K in Rounded]: Row<K> } = {
  QLinearConv: (r, n) => {
    const { rounding: _rounding, range: _range, ...own } = n.attributes;
    r.product(n, (operands) => r.b.one('Conv', operands, { ...own, activation: NO_ACTIVATION }), -1);
  },
  QLinearConvTranspose: (r, n) => {
    const { rounding: _rounding, range: _range, ...own } = n.attributes;
    r.product(n, (operands) => r.b.one('ConvTranspose', operands, { ...own, activation: NO_ACTIVATION }), -1);
  },
  QLinearMatMul: (r, n) => {
    const { transA, transB } = n.attributes;
    const own = { transA, transB, activation: NO_ACTIVATION };
    r.product(n, (operands) => r.b.one('MatMul', operands, own), transB ? -2 : -1);
  },
  QLinearBinary: (r, n) => {
    const own = { kind: n.attributes.kind, activation: NO_ACTIVATION };
    r.pointwise(n, 2, (operands) => r.b.one('Binary', operands, own));
  },
  QLinearPRelu: (r, n) => r.pointwise(n, 2, (operands) => r.b.one('PRelu', operands, {})),
  QLinearReduce: (r, n) => {
    const { kind, axes, keepDims } = n.attributes;
    r.pointwise(n, 1, (operands) => r.b.one('Reduce', operands, { kind, axes, keepDims }));
  },
  QLinearAveragePool: (r, n) => {
    const { rounding: _rounding, range: _range, ...own } = n.attributes;
    // Integers in pads may not be those that stand for 0.
    if (own.countIncludePad && own.pads.some((pad) => pad > 0)) r.refuse(n, 'pads that count as integers');
    r.pointwise(n, 1, (operands) => r.b.one('AveragePool', operands, own));
  },
  QLinearSoftmax: (r, n) => {
    const { axis, beta, log } = n.attributes;
    r.pointwise(n, 1, ([x = '']) => {
      const scaled = beta === 1 ? x : r.binary('mul', x, r.number(beta));
      return r.b.one('Softmax', [scaled], { axes: [axis], log });
    });
  },
  QLinearL2Normalization: (r, n) => {
    r.pointwise(n, 1, ([x = '']) => {
      const norm = r.b.one('Reduce', [x], { kind: 'l2', axes: [n.attributes.axis], keepDims: true });
      return r.binary('div', x, r.binary('max', norm, r.number(LEAST_NORM)));
    });
  },
  // Weights sum to one: what integers stand for does not matter.
  QLinearResize: (r, n) => {
    const [x = ''] = n.inputs;
    const to = r.facts(x).dtype ?? r.refuse(n, 'integers of an unknown type');
    const { sizes, coordinateMode } = n.attributes;
    const real = r.b.one('Cast', [x], { to: 'float32' });
    const own = { ...BILINEAR, coordinateMode, axes: [1, 2] };
    const resized = r.b.one('Resize', [real, '', r.b.ints(`${n.name}/sizes`, sizes)], own);
    const whole = r.b.one('Unary', [resized], { kind: 'round' });
    r.b.add('Cast', [whole], { to }, { name: n.name, outputs: n.outputs });
  },
};

const BILINEAR = {
  mode: 'linear',
  nearestMode: 'round_prefer_floor',
  antialias: false,
  cubicCoeff: -0.75,
  excludeOutside: false,
  extrapolation: 0,
  aspect: 'stretch',
} as const;

/** What a norm is at least, so that nothing is divided by 0. */
const LEAST_NORM = 1e-6;

/** How many operators of a graph `withRealOperators` writes otherwise. */
export function countRounded({ nodes }: Graph): number {
  return nodes.filter((node) => isRounded(node) || hasOtherRule(node)).length;
}

/** The graph with these operators on real numbers. Throws UnsupportedError that lists those whose scales are not constants. */
export function withRealOperators(graph: Graph): Graph {
  const r = new RealNodes(graph);
  for (const node of graph.nodes) r.take(node);
  return r.finish();
}

function isRounded(node: Node): node is Extract<Node, { op: Rounded }> {
  return Object.hasOwn(ROWS, node.op);
}

function hasOtherRule(node: Node): node is NodeOf<'QuantizeLinear'> & Node {
  return isOp(node, 'QuantizeLinear') && node.attributes.rounding !== 'float-even';
}

/** The nodes that a graph gets. */
class RealNodes {
  readonly b: GraphBuilder;
  readonly #graph: Graph;
  readonly #facts = new Map<string, Facts>();
  readonly #refused: Unsupported[] = [];

  constructor(graph: Graph) {
    this.#graph = graph;
    this.b = new GraphBuilder(graph.name);
    for (const { name, dtype, shape } of graph.inputs) {
      this.b.input(name, dtype, shape);
      this.#facts.set(name, describedFacts(dtype, shape));
    }
    for (const [name, value] of graph.initializers) {
      this.b.initializer(name, value);
      this.#facts.set(name, describedFacts(value.dtype, value.shape, value.data));
    }
    this.b.reserve(graph.nodes.flatMap(({ name, outputs }) => [name, ...outputs]));
  }

  take(node: Node): void {
    const known = node.inputs.map((input) => (input === '' ? undefined : this.facts(input)));
    node.outputs.forEach((output, index) => this.#facts.set(output, factsOf(node.op, known, node.attributes, index)));
    try {
      if (isRounded(node)) this.#write(node);
      else if (hasOtherRule(node)) this.#add({ ...node, attributes: { ...node.attributes, rounding: 'float-even' } });
      else this.#add(node);
    } catch (error) {
      if (!(error instanceof UnsupportedError)) throw error;
      this.#refused.push(...error.items);
    }
  }

  #write<K extends Rounded>(node: NodeOf<K>): void {
    const row: Row<K> = ROWS[node.op];
    row(this, node);
  }

  #add<K extends OpKind>({ op, inputs, attributes, name, outputs }: NodeOf<K>): void {
    this.b.add(op, inputs, attributes, { name, outputs });
  }

  facts(value: string): Facts {
    return this.#facts.get(value) ?? {};
  }

  number(value: number): string {
    return this.b.constant('number', tensorOf('float32', [], [value]));
  }

  binary(kind: 'mul' | 'div' | 'max' | 'min', a: string, b: string): string {
    return this.b.one('Binary', [a, b], { kind, activation: NO_ACTIVATION });
  }

  refuse({ name, op }: Use, what: string): never {
    throw new UnsupportedError([
      { node: name, op, what, remedy: 'Write it as it is, for runtimes that have the rule' },
    ]);
  }

  finish(): Graph {
    if (this.#refused.length > 0) throw new UnsupportedError(this.#refused, { format: 'onnx' });
    for (const output of this.#graph.outputs) this.b.output(output);
    const { nodes, initializers } = this.b.build();
    return { ...this.#graph, nodes, initializers, values: new Map() };
  }

  /** Of one or two operands, each with its scale and its zero point, those of the result behind them. */
  pointwise(node: HeldUse, count: 1 | 2, compute: (operands: readonly string[]) => string): void {
    const operands = [0, 3].slice(0, count).map((slot) => this.#real(node, slot, 0));
    this.#integers(node, 3 * count, compute(operands));
  }

  /** Of an operand, weights with scales along an axis, and integers as bias, whose scale is the product of both. */
  product(node: HeldUse, compute: (operands: readonly string[]) => string, axis: number): void {
    const operands = [this.#real(node, 0, 0), this.#real(node, 3, axis)];
    const bias = node.inputs[8] ?? '';
    if (bias !== '') {
      const [a, b] = [this.#constant(node, 1), this.#constant(node, 4)];
      const scales = Float32Array.from(b.data, (scale) => scale * at(a.data, 0));
      const scale = this.b.constant(`${node.name}/scale`, { dtype: 'float32', shape: b.shape, data: scales });
      operands.push(this.b.one('DequantizeLinear', [bias, scale], { axis: 0, blockSize: 0 }));
    }
    this.#integers(node, 6, compute(operands));
  }

  #real(node: Use, slot: number, axis: number): string {
    const [x = '', scale = '', zeroPoint = ''] = node.inputs.slice(slot, slot + 3);
    const [scales, zero] = [this.b.tensor(scale), this.b.tensor(zeroPoint)];
    const isOne = zero && scales && scales.shape.length > 0 && zero.data.length === 1 && scales.data.length !== 1;
    const spread = isOne ? this.b.constant(`${node.name}/zero`, repeated(zero, scales)) : zeroPoint;
    return this.b.one('DequantizeLinear', [x, scale, spread], { axis, blockSize: 0 });
  }

  #integers(node: HeldUse, slot: number, real: string): void {
    const [scale, zeroPoint = ''] = [this.#constant(node, slot), node.inputs[slot + 1]];
    const zero = this.b.tensor(zeroPoint);
    const { range } = node.attributes;
    const to = zero?.dtype ?? 'uint8';
    if (to !== 'int8' && to !== 'uint8') this.refuse(node, `a result of ${to}`);
    const [lowest, highest] = extremesOf(to);
    const ends = range.map((end) => (end - (zero?.data[0] ?? 0)) * at(scale.data, 0));
    const above = range[0] > lowest ? this.binary('max', real, this.number(at(ends, 0))) : real;
    const held = range[1] < highest ? this.binary('min', above, this.number(at(ends, 1))) : above;
    const own = { axis: 0, blockSize: 0, to, rounding: 'float-even' } as const;
    const names = { name: node.name, outputs: node.outputs };
    this.b.add('QuantizeLinear', [held, node.inputs[slot] ?? '', zeroPoint], own, names);
  }

  #constant(node: Use, slot: number): Tensor {
    return this.b.tensor(node.inputs[slot] ?? '') ?? this.refuse(node, 'scales that are computed');
  }
}

/** A zero point for each of these scales. */
function repeated(zero: Tensor, { shape }: Tensor): Tensor {
  const all = zeros(zero.dtype, shape);
  all.data.fill(at(zero.data, 0));
  return all;
}
