/** What `ops/` knows about an operator: how shapes flow through it, what it costs, and what it means. */
import type { Row } from '../core/on-demand.ts';
import type { Tensor, TensorDesc } from '../core/tensor.ts';
import type { ValueDesc } from '../ir/graph.ts';
import type { NodeOf, OpAttributes, OpKind } from '../ir/ops.ts';

/**
 * What is known of an operand while shapes are inferred: its description, and its elements when they do not depend
 * on the graph's inputs (initializers, shape arithmetic).
 */
export interface Operand extends ValueDesc {
  readonly value?: Tensor | undefined;
}

/** Inference arguments: `undefined` marks an absent optional input. */
export type Operands = readonly (Operand | undefined)[];

/** Reference arguments: `undefined` marks an absent optional input. */
export type Tensors = readonly (Tensor | undefined)[];

/** One function, declared as a method for what `OpDefinition` says of methods. */
interface ReferenceMethod<K extends OpKind> {
  evaluate(node: NodeOf<K>, inputs: Tensors, outputs: readonly TensorDesc[], wraps?: boolean): readonly Tensor[];
}

/**
 * The definition of an operator: plain loops, float64 accumulation. `outputs` is what `infer` gave, at true extents. Integers
 * wrap; but those of 64 bits that would leave the 32 of the engine are a ShapeError, unless `wraps` is true.
 */
export type Reference<K extends OpKind> = ReferenceMethod<K>['evaluate'];

/** Descriptions of a node's inputs: `undefined` marks an absent optional one. */
export type InputDescs = readonly (TensorDesc | undefined)[];

/** An input that holds a trained parameter wherever it is constant. */
export interface Parameter {
  /** Its position among the node's inputs. */
  readonly slot: number;
  /** `table`: rows that are looked up, and neither multiplied nor added. */
  readonly role: 'weight' | 'bias' | 'scale' | 'table';
  /** The dimension of the parameter that runs over the output's channels, negative from its end; absent where none does. */
  readonly channels?: number | undefined;
}

/** Where an operator on quantised integers has its scales: a zero point lies behind each. */
export interface QuantisedOperands {
  /** The operands, by position: the input behind each is its scale. */
  readonly operands: readonly number[];
  /** The position of the result's scale; absent where the result has no scale of its own. */
  readonly result?: number;
  /** What else a plan has to know, weights and biases, by position. */
  readonly constant?: readonly number[];
}

/** What one element of an output sees of the input along one spatial dimension; neighbours see it `stride` further on. */
export interface WindowStep {
  /** Elements seen, `dilation` (1 by default) apart. */
  readonly kernel: number;
  /** A fraction where outputs lie closer together than inputs. */
  readonly stride: number;
  readonly dilation?: number;
}

/**
 * One operator's semantics. Pure. Functions throw ShapeError on operands that do not fit; the caller adds the node's
 * name and operator. Methods, not function properties: their bivariance lets the table of all operators be indexed by
 * a node's `op` and called with that node (`const definition: OpDefinition<OpKind> = OPS[node.op]`) without a cast.
 */
export interface OpDefinition<K extends OpKind> {
  /** Descriptions of the outputs. Needs static input shapes, and the values of shape-giving inputs. */
  infer(node: NodeOf<K>, inputs: Operands): readonly ValueDesc[];
  /** Inputs whose elements decide the shape of an output, by position. */
  readonly shapeInputs?: readonly number[];
  /**
   * The attributes with a list of integers in place of their own (axes, sizes), where a file computes it: until compiling
   * knows the list it is input 1, and from then on an attribute.
   */
  listed?(attributes: OpAttributes[K], list: readonly number[]): OpAttributes[K];
  /**
   * The dimension of the outputs along which an extent of an input that depends on data goes on, given the input's position
   * and dimension; null where it ends. Absent, or nothing: the operator cannot take such an input.
   */
  bounded?(node: NodeOf<K>, input: number, axis: number, inputs: Operands): number | null | undefined;
  /**
   * Of operators on the extents of input 0, whose outputs have none that depend on data: the attributes where the extent
   * along `axis` does. Its count is input 1 then.
   */
  counted?(axis: number): OpAttributes[K];
  /** Of operators that give all elements of input 0 in another order: strides into it, along each dimension of the output. */
  rearranges?(node: NodeOf<K>, x: TensorDesc): readonly number[];
  /** Lazy where the loops are long: a graph on the GPU hardly ever evaluates them. */
  readonly reference: Row<Reference<K>>;
  /** The output when it follows from the operands' descriptions alone (Shape). */
  fold?(node: NodeOf<K>, inputs: Operands): Tensor | undefined;
  /** Multiply-adds of one evaluation; absent means none worth counting (data movement, elementwise, pools). */
  multiplyAdds?(node: NodeOf<K>, inputs: InputDescs, outputs: readonly TensorDesc[]): number;
  /** Steps of the reference, and elements it holds in between, where there are more than multiply-adds, windows and results say. */
  work?(node: NodeOf<K>, inputs: Operands, outputs: readonly TensorDesc[]): number;
  /** Of operators on integers that stand for real numbers; absent of all others. */
  readonly quantised?: QuantisedOperands;
  /**
   * The inputs that are trained parameters where they are constant floats, or integers of a quantised operator; absent means
   * none. Statistics are none.
   */
  parameters?(node: NodeOf<K>, inputs: InputDescs): readonly Parameter[];
  /** The windows of a spatial operator, one for each spatial dimension; absent means that it looks at no neighbours. */
  sees?(node: NodeOf<K>, inputs: InputDescs, outputs: readonly TensorDesc[]): readonly WindowStep[];
}
