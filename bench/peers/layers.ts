/**
 * A classifier as the plain list of layers that every peer's file format can say: batch normalisation folded,
 * activations fused, so that each peer is given the network as its own converter would leave it.
 */
import { InputError } from '../../src/core/errors.ts';
import type { Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/ir/graph.ts';
import type { Activation, Node, NodeOf, Window } from '../../src/ir/ops.ts';
import { foldBatchNorm } from '../../src/passes/fold/fold-batchnorm.ts';
import { compileGraph } from '../../src/session/compile-graph.ts';
import { at, product } from '../../src/util/arrays.ts';

/** Activations that all the formats can fuse. */
export type Fused = 'none' | 'relu' | 'relu6';

/** A feature map, channels last, or `[N, C]` after the average. */
export interface Map2d {
  readonly name: string;
  readonly shape: readonly number[];
}

/** `pads`: top, left, bottom, right. */
interface Sliding {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly pads: readonly [number, number, number, number];
}

/** One layer; `x` is read, `y` is written. */
export type Layer =
  /** `weights` `[kH, kW, C / group, M]`, `bias` `[M]`. */
  | (Sliding & {
      readonly kind: 'conv';
      readonly x: Map2d;
      readonly y: Map2d;
      readonly weights: Tensor;
      readonly bias: Float32Array;
      readonly group: number;
      readonly activation: Fused;
    })
  /** Padding never wins. */
  | (Sliding & { readonly kind: 'maxPool'; readonly x: Map2d; readonly y: Map2d })
  | { readonly kind: 'add'; readonly a: Map2d; readonly b: Map2d; readonly y: Map2d; readonly activation: Fused }
  /** Mean over the plane, `[N, H, W, C]` → `[N, C]`. */
  | { readonly kind: 'average'; readonly x: Map2d; readonly y: Map2d }
  /** `weights` `[M, C]`, `bias` `[M]`. */
  | {
      readonly kind: 'linear';
      readonly x: Map2d;
      readonly y: Map2d;
      readonly weights: Tensor;
      readonly bias: Float32Array;
    }
  /** Along channels. */
  | { readonly kind: 'concat'; readonly inputs: readonly Map2d[]; readonly y: Map2d }
  /** Equal parts along channels. */
  | { readonly kind: 'split'; readonly x: Map2d; readonly outputs: readonly Map2d[] }
  /** Channel g·(C/groups)+i moves to i·groups+g. */
  | { readonly kind: 'shuffle'; readonly x: Map2d; readonly y: Map2d; readonly groups: number };

/** A classifier with one input `[N, H, W, C]` and one output `[N, classes]`. */
export interface LayerNet {
  readonly name: string;
  readonly input: Map2d;
  readonly output: Map2d;
  readonly layers: readonly Layer[];
}

/** Reads a graph of `models/` as layers. Rejects with InputError naming a node that the peers' formats are not written for. */
export async function toLayers(graph: Graph): Promise<LayerNet> {
  return readLayers(await foldedGraph(graph));
}

/** A graph whose batch normalisations are part of its convolutions. */
export async function foldedGraph(graph: Graph): Promise<Graph> {
  return foldBatchNorm(await compileGraph(graph, { level: 'reference' }));
}

/** Reads a folded graph as layers. */
export function readLayers(folded: Graph): LayerNet {
  const reader = new Reader(folded);
  const layers: Layer[] = [];
  for (const node of folded.nodes) {
    const layer = reader.layer(node);
    if (layer) layers.push(layer);
  }
  return {
    name: folded.name,
    input: reader.map(at(folded.inputs, 0).name),
    output: reader.map(at(folded.outputs, 0)),
    layers,
  };
}

/** Translates node by node; a node that its producer has swallowed gives nothing. */
class Reader {
  readonly #graph: Graph;
  readonly #readers = new Map<string, Node[]>();
  readonly #swallowed = new Set<Node>();

  constructor(graph: Graph) {
    this.#graph = graph;
    for (const node of graph.nodes) {
      for (const input of node.inputs) this.#readers.set(input, [...(this.#readers.get(input) ?? []), node]);
    }
  }

  map(name: string): Map2d {
    const desc = this.#graph.values.get(name);
    if (!desc) throw new InputError(`"${name}" has no shape`);
    return { name, shape: desc.shape };
  }

  layer(node: Node): Layer | undefined {
    if (this.#swallowed.has(node)) return undefined;
    const x = (): Map2d => this.map(at(node.inputs, 0));
    const y = (): Map2d => this.map(at(node.outputs, 0));
    switch (node.op) {
      case 'Conv':
        return this.#conv(node);
      case 'MaxPool':
        return { kind: 'maxPool', x: x(), y: y(), ...sliding(node.attributes, node.attributes.kernel, node) };
      case 'GlobalAveragePool':
        return { kind: 'average', x: x(), y: this.#flattened(node) };
      case 'Gemm':
        return this.#linear(node);
      case 'Binary':
        if (node.attributes.kind !== 'add') throw refused(node);
        return { kind: 'add', a: x(), b: this.map(at(node.inputs, 1)), ...this.#result(node) };
      case 'Concat':
        return { kind: 'concat', inputs: node.inputs.map((name) => this.map(name)), y: y() };
      case 'Split':
        return this.#split(node);
      case 'ChannelShuffle':
        return { kind: 'shuffle', x: x(), y: y(), groups: node.attributes.groups };
      default:
        throw refused(node);
    }
  }

  /** What a node gives once the activation after it, if it is its only reader, is part of it. */
  #result(node: NodeOf<'Conv'> | NodeOf<'Binary'>): { readonly y: Map2d; readonly activation: Fused } {
    const output = at(node.outputs, 0);
    const [next, ...others] = this.#readers.get(output) ?? [];
    const own = fusedOf(node.attributes.activation, node);
    const sole = others.length === 0 && !this.#graph.outputs.includes(output);
    if (own !== 'none' || !sole || next?.op !== 'Activation') return { y: this.map(output), activation: own };
    this.#swallowed.add(next);
    return { y: this.map(at(next.outputs, 0)), activation: fusedOf(next.attributes.activation, next) };
  }

  #conv(node: NodeOf<'Conv'>): Layer {
    const [x = '', w = '', b = '', residual = ''] = node.inputs;
    const weights = this.#constant(w, node);
    if (residual) throw refused(node);
    const [kH = 0, kW = 0, , outC = 0] = weights.shape;
    const bias = b ? Float32Array.from(this.#constant(b, node).data) : new Float32Array(outC);
    const { group } = node.attributes;
    const window = sliding(node.attributes, [kH, kW], node);
    return { kind: 'conv', x: this.map(x), weights, bias, group, ...window, ...this.#result(node) };
  }

  #split(node: NodeOf<'Split'>): Layer {
    const x = this.map(at(node.inputs, 0));
    const outputs = node.outputs.map((name) => this.map(name));
    const equal = outputs.every((part) => part.shape.at(-1) === outputs[0]?.shape.at(-1));
    if (!equal || node.attributes.axis !== x.shape.length - 1) throw refused(node);
    return { kind: 'split', x, outputs };
  }

  #linear(node: NodeOf<'Gemm'>): Layer {
    const [x = '', w = '', b = ''] = node.inputs;
    const { alpha, beta, transA, transB, activation } = node.attributes;
    if (alpha !== 1 || beta !== 1 || transA || !transB || activation.kind !== 'none') throw refused(node);
    const weights = this.#constant(w, node);
    const bias = Float32Array.from(this.#constant(b, node).data);
    return { kind: 'linear', x: this.map(x), y: this.map(at(node.outputs, 0)), weights, bias };
  }

  /** The average's `[N, 1, 1, C]` is only ever flattened. */
  #flattened(node: Node): Map2d {
    const [next, ...others] = this.#readers.get(at(node.outputs, 0)) ?? [];
    if (next?.op !== 'Flatten' || others.length > 0) throw refused(node);
    this.#swallowed.add(next);
    return this.map(at(next.outputs, 0));
  }

  #constant(name: string, node: Node): Tensor {
    const value = this.#graph.initializers.get(name);
    if (!value) throw refused(node);
    return value;
  }
}

function sliding({ strides, dilations, pads, padMode }: Window, kernel: readonly number[], node: Node): Sliding {
  const [kH = 0, kW = 0] = kernel;
  const [sH = 0, sW = 0] = strides;
  const [top = 0, left = 0, bottom = 0, right = 0] = pads;
  if (padMode !== 'explicit' || kernel.length !== 2 || product(dilations) !== 1) throw refused(node);
  return { kernel: [kH, kW], strides: [sH, sW], pads: [top, left, bottom, right] };
}

function fusedOf({ kind, alpha, beta }: Activation, node: Node): Fused {
  if (kind === 'none' || kind === 'relu') return kind;
  if (kind === 'clip' && alpha === 0 && beta === 6) return 'relu6';
  throw refused(node);
}

function refused(node: Node): InputError {
  return new InputError(`the peers' files are not written for ${node.op} "${node.name}"`, {
    hint: `Attributes: ${JSON.stringify(node.attributes)}`,
  });
}
