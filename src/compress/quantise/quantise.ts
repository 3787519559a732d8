/** Writes a graph on integers as QuantizeLinear and DequantizeLinear pairs between nodes on real numbers. */
import { GraphError } from '../../core/errors.ts';
import { extremesOf } from '../../core/extremes.ts';
import { tensorOf, type Tensor, type TensorDesc } from '../../core/tensor.ts';
import type { Graph } from '../../ir/graph.ts';
import { nodeOf } from '../../ir/is-op.ts';
import type { Node } from '../../ir/ops.ts';
import { verify } from '../../ir/verify.ts';
import { removeDeadNodes } from '../../passes/dead-nodes.ts';
import { at, range } from '../../util/arrays.ts';
import { isClip, type QuantisedPart } from './part.ts';
import type { Role } from './roles.ts';
import { finiteRange, rangeOf, encodingsOf } from './ranges.ts';
import { encodingOf, encoded, quantiseBias, quantiseWeights, type Encoding, type ValueRange } from './scales.ts';

/** How a graph is encoded. */
export interface QuantiseOptions {
  /** A scale for each output channel of weights, instead of one for all. */
  readonly perChannel?: boolean;
  /** Activations as int8 whose zero is 0, instead of uint8. */
  readonly symmetric?: boolean;
}

/** A node that computes on integers, and what it gives. */
export interface QuantisedLayer {
  readonly node: string;
  readonly op: Node['op'];
  /** The result in the graph of real numbers, and the real numbers that its integers stand for in the quantised one. */
  readonly value: string;
  readonly dequantised: string;
}

/** A quantised graph. */
export interface QuantisedGraph {
  readonly graph: Graph;
  readonly layers: readonly QuantisedLayer[];
}

/**
 * The graph with a QuantizeLinear and DequantizeLinear pair behind each value of `part`, its weights and biases as integers
 * behind a DequantizeLinear: what runtimes that know the pattern compute in integers. Inputs and outputs stay real numbers.
 * `ranges` has those of the sources of `part`. Throws GraphError where one is missing or not finite, or weights are not.
 */
export function quantiseGraph(
  graph: Graph,
  part: QuantisedPart,
  ranges: ReadonlyMap<string, ValueRange>,
  { perChannel = false, symmetric = false }: QuantiseOptions = {},
): QuantisedGraph {
  const writer = new PairWriter(graph, part, encodingsOf(graph, part, ranges, symmetric), { perChannel, symmetric });
  const layers = graph.nodes.flatMap((node) => writer.write(node));
  return { graph: writer.finish(), layers };
}

/** The graph as it is written again. */
class PairWriter {
  readonly #graph: Graph;
  readonly #part: QuantisedPart;
  readonly #encodings: ReadonlyMap<string, Encoding>;
  readonly #options: Required<QuantiseOptions>;
  readonly #nodes: Node[] = [];
  readonly #initializers: Map<string, Tensor>;
  readonly #values: Map<string, TensorDesc>;
  /** Values, and what stands for them behind a pair. */
  readonly #dequantised = new Map<string, string>();
  /** Results whose clip is what their integers can be, and what the clip gives. */
  readonly #clipped = new Map<string, string>();
  /** Results of nodes on integers. */
  readonly #given = new Set<string>();
  readonly #taken: Set<string>;

  constructor(
    graph: Graph,
    part: QuantisedPart,
    scales: ReadonlyMap<string, Encoding>,
    options: Required<QuantiseOptions>,
  ) {
    this.#graph = graph;
    this.#part = part;
    this.#encodings = scales;
    this.#options = options;
    this.#initializers = new Map(graph.initializers);
    this.#values = new Map(graph.values);
    this.#taken = new Set([...graph.values.keys(), ...graph.initializers.keys(), ...graph.nodes.map((n) => n.name)]);
    for (const node of graph.nodes) this.#findRedundantClip(node);
  }

  /** A clip that only bounds what the integers of its result can be. */
  #findRedundantClip(node: Node): void {
    const [input = ''] = node.inputs;
    if (!isClip(node) || !this.#part.bounded.has(input)) return;
    const [output = ''] = node.outputs;
    const { kind, alpha, beta } = node.attributes.activation;
    const bounds = kind === 'relu' ? [0, Infinity] : [alpha, beta];
    const { dtype, scale, zeroPoint } = this.#encoding(output);
    const [low = 0, high = 0] = bounds.map((bound) => Math.round(bound / scale) + zeroPoint);
    const [least, most] = extremesOf(dtype);
    if (low <= least && high >= most) this.#clipped.set(input, output);
  }

  /** Writes a node; gives what is to be said of it, where it computes on integers. */
  write(node: Node): QuantisedLayer[] {
    const role = this.#part.roles.get(node);
    const [input = '', output = ''] = [node.inputs[0] ?? '', node.outputs[0] ?? ''];
    if (role && this.#clipped.get(input) === output && output !== '') return [];
    const inputs = role ? this.#integerInputs(node, role) : node.inputs.map((value) => this.#read(value));
    const outputs = node.outputs.map((value) => this.#clipped.get(value) ?? value);
    const own = role ? outputs.filter((value) => this.#part.groups.has(value)) : [];
    const named = outputs.map((value) => (own.includes(value) && this.#leaves(value) ? this.#before(value) : value));
    this.#nodes.push(nodeOf({ ...node, inputs, outputs: named }));
    for (const value of own) {
      this.#given.add(value);
      this.#pair(value, named[outputs.indexOf(value)] ?? value);
    }
    if (!role || role.kind === 'movement') return [];
    const { name, op } = node;
    return own.map((value) => ({ node: name, op, value, dequantised: this.#read(value) }));
  }

  finish(): Graph {
    const { inputs, outputs } = this.#graph;
    const defined = new Set([...inputs.map(({ name }) => name), ...this.#initializers.keys()]);
    for (const node of this.#nodes) for (const output of node.outputs) defined.add(output);
    const values = new Map([...this.#values].filter(([name]) => defined.has(name)));
    return verify(
      removeDeadNodes({ ...this.#graph, outputs, nodes: this.#nodes, initializers: this.#initializers, values }),
    );
  }

  #encoding(value: string): Encoding {
    const found = this.#encodings.get(this.#part.groups.get(value) ?? '');
    if (!found) throw new GraphError(`"${value}" has no scale`);
    return found;
  }

  #leaves(value: string): boolean {
    return this.#graph.outputs.includes(value);
  }

  /** What a node on real numbers reads: a result of integers as what they stand for, all else as it is. */
  #read(value: string): string {
    return this.#given.has(value) ? (this.#dequantised.get(value) ?? value) : value;
  }

  /** What a value is called before its pair, behind which it has its own name, as it leaves the graph. */
  #before(value: string): string {
    const name = this.#unique(`${value}_QuantizeLinear_Input`);
    this.#describe(name, this.#desc(value));
    return name;
  }

  #integerInputs(node: Node, role: Role): string[] {
    const { operands, weights } = role;
    const inputs = node.inputs.map((value, slot) =>
      operands.includes(slot) ? this.#operand(node, role, value) : value,
    );
    if (!weights) return inputs;
    const { slot, bias: biasSlot, axis } = weights;
    const [w, bias] = [at(node.inputs, slot), node.inputs[biasSlot] ?? ''];
    const input = this.#encoding(at(node.inputs, 0)).scale;
    const per = this.#options.perChannel ? axis : undefined;
    const [given, added] = [this.#constant(w), bias === '' ? undefined : this.#constant(bias)];
    const { integers, scales } = quantiseWeights(given, per, added, input);
    inputs[slot] = this.#dequantise(`${node.name}_${w}`, integers, scales, per ?? 0);
    if (added) {
      const products = scales.map((scale) => scale * input);
      inputs[biasSlot] = this.#dequantise(`${node.name}_${bias}`, quantiseBias(added, products), products, 0);
    }
    return inputs;
  }

  #operand(node: Node, role: Role, value: string): string {
    if (value === '' || this.#part.bounded.has(value)) return value;
    if (this.#initializers.has(value) && !this.#part.groups.has(value)) {
      const moved = role.kind === 'movement';
      const range = finiteRange(rangeOf(this.#constant(value)), value);
      const scale = moved ? this.#encoding(at(node.outputs, 0)) : encodingOf(range, this.#options.symmetric);
      const { scale: s, zeroPoint } = scale;
      return this.#dequantise(`${node.name}_${value}`, encoded(this.#constant(value), scale), [s], 0, zeroPoint);
    }
    if (!this.#dequantised.has(value)) this.#pair(value, value);
    return this.#dequantised.get(value) ?? value;
  }

  #constant(name: string): Tensor {
    const found = this.#graph.initializers.get(name);
    if (!found) throw new GraphError(`"${name}" is no constant`);
    finiteRange(rangeOf(found), name);
    return found;
  }

  /** Adds a pair behind `from`, which stands for `value`. */
  #pair(value: string, from: string): void {
    const { dtype, scale, zeroPoint } = this.#encoding(value);
    const desc = this.#desc(value);
    const integers = this.#describe(this.#unique(`${value}_QuantizeLinear_Output`), { ...desc, dtype });
    const output = from === value ? this.#describe(this.#unique(`${value}_DequantizeLinear_Output`), desc) : value;
    const scales = [
      this.#define(`${value}_scale`, tensorOf('float32', [], [scale])),
      this.#define(`${value}_zero_point`, tensorOf(dtype, [], [zeroPoint])),
    ];
    this.#nodes.push(
      nodeOf({
        op: 'QuantizeLinear',
        name: this.#unique(`${value}_QuantizeLinear`),
        inputs: [from, ...scales],
        outputs: [integers],
        attributes: { axis: 0, blockSize: 0, to: dtype, rounding: 'float-even' },
      }),
      nodeOf({
        op: 'DequantizeLinear',
        name: this.#unique(`${value}_DequantizeLinear`),
        inputs: [integers, ...scales],
        outputs: [output],
        attributes: { axis: 0, blockSize: 0 },
      }),
    );
    this.#dequantised.set(value, output);
  }

  /** Adds integers that do not change and the real numbers that they stand for; gives the name of these. */
  #dequantise(stem: string, integers: Tensor, scales: ArrayLike<number>, axis: number, zeroPoint = 0): string {
    const shape = scales.length === 1 ? [] : [scales.length];
    const zeros = range(scales.length).map(() => zeroPoint);
    const inputs = [
      this.#define(`${stem}_quantized`, integers),
      this.#define(`${stem}_scale`, tensorOf('float32', shape, scales)),
      this.#define(`${stem}_zero_point`, tensorOf(integers.dtype, shape, zeros)),
    ];
    const name = this.#unique(`${stem}_DequantizeLinear`);
    const outputs = [this.#describe(this.#unique(`${name}_Output`), { dtype: 'float32', shape: integers.shape })];
    this.#nodes.push(nodeOf({ op: 'DequantizeLinear', name, inputs, outputs, attributes: { axis, blockSize: 0 } }));
    return at(outputs, 0);
  }

  #desc(value: string): TensorDesc {
    const found = this.#values.get(value);
    if (!found) throw new GraphError(`the shape of "${value}" has not been inferred`);
    return found;
  }

  #define(stem: string, value: Tensor): string {
    const name = this.#unique(stem);
    this.#initializers.set(name, value);
    return this.#describe(name, { dtype: value.dtype, shape: value.shape });
  }

  #describe(name: string, desc: TensorDesc): string {
    this.#values.set(name, desc);
    return name;
  }

  #unique(stem: string): string {
    let name = stem;
    for (let i = 1; this.#taken.has(name); i++) name = `${stem}_${i}`;
    this.#taken.add(name);
    return name;
  }
}
