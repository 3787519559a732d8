/** What the translation of one GraphDef node may ask: its attributes, its inputs as values, and constant inputs. */
import { tensorOf, type Tensor } from '../../../core/tensor.ts';
import type { GraphBuilder } from '../../../ir/builder.ts';
import { Emitter } from '../../lib/emitter.ts';
import type { Translation } from '../../lib/translate.ts';
import { NodeDefAttributes, type TensorRef, type TfNode } from './graph-def.ts';

/** A row of the operator table. */
export type GraphTranslation = Translation<NodeContext>;

/** The whole GraphDef, as far as translations see it. */
export interface TfGraph {
  readonly nodes: ReadonlyMap<string, TfNode>;
  /** Weights by the name of their Const node. */
  readonly weights: ReadonlyMap<string, Tensor>;
  /** Name of the engine's value for an output of a node. */
  readonly nameOf: (ref: TensorRef) => string;
  /** The same, of a value that is about to be read: what is a weight becomes an initializer. */
  readonly valueName: (ref: TensorRef) => string;
  readonly builder: GraphBuilder;
}

/** One node under translation. */
export class NodeContext extends Emitter {
  readonly node: TfNode;
  readonly attr: NodeDefAttributes;
  readonly #graph: TfGraph;

  constructor(graph: TfGraph, node: TfNode) {
    super(graph.builder, node, { format: 'tfjs-graph', names: 'tensorflow' });
    this.node = node;
    this.attr = new NodeDefAttributes(node);
    this.#graph = graph;
  }

  /** Number of data inputs. */
  get inputCount(): number {
    return this.node.inputs.length;
  }

  /** The value of an input. Throws ImportError when the node has fewer inputs. */
  input(index: number): string {
    return this.#graph.valueName(this.#ref(index));
  }

  /** The values of all inputs, or of a range of them. */
  inputs(from = 0, to = this.inputCount): string[] {
    return this.node.inputs.slice(from, to).map((ref) => this.#graph.valueName(ref));
  }

  /** The elements of an input that is a weight (seen through Identity); undefined when it is computed. */
  constantInput(index: number): Tensor | undefined {
    let ref = this.#ref(index);
    const seen = new Set<string>();
    for (;;) {
      const node = this.#graph.nodes.get(ref.node);
      if (!node || seen.has(node.name)) return undefined;
      if (node.op === 'Const') return this.#graph.weights.get(node.name);
      const next = node.inputs[0];
      if (node.op !== 'Identity' || !next) return undefined;
      seen.add(node.name);
      ref = next;
    }
  }

  /** The integers of a constant input. Refuses a computed one: `what` names it. */
  knownInts(index: number, what: string): number[] {
    const constant = this.constantInput(index);
    if (!constant) this.refuse(`${what} computed at run time`);
    return Array.from(constant.data);
  }

  /** The one integer of a constant input. */
  knownInt(index: number, what: string): number {
    const [value, ...rest] = this.knownInts(index, what);
    return value === undefined || rest.length > 0 ? this.fail(`${what} must be one number`) : value;
  }

  /** An input as int64, which is what the engine's shape-like operands are: a constant, or a Cast. */
  int64Input(index: number): string {
    const constant = this.constantInput(index);
    if (constant) return this.constant(tensorOf('int64', constant.shape, constant.data));
    return this.one('Cast', [this.input(index)], { to: 'int64' });
  }

  override nameOf(index: number): string {
    return this.#graph.nameOf({ node: this.node.name, index });
  }

  #ref(index: number): TensorRef {
    return this.node.inputs[index] ?? this.fail(`input ${index} is missing`);
  }
}
