/** What `ops/` knows about an operator: how shapes flow through it, what it costs, and what it means. */
import type { Row } from '../core/on-demand.ts';
import type { Tensor, TensorDesc } from '../core/tensor.ts';
import type { NodeOf, OpKind } from '../ir/ops.ts';

/**
 * What is known of an operand while shapes are inferred: its description, and its elements when they do not depend
 * on the graph's inputs (initializers, shape arithmetic).
 */
export interface Operand extends TensorDesc {
  readonly value?: Tensor | undefined;
}

/** Inference arguments: `undefined` marks an absent optional input. */
export type Operands = readonly (Operand | undefined)[];

/** Reference arguments: `undefined` marks an absent optional input. */
export type Tensors = readonly (Tensor | undefined)[];

/** One function, declared as a method for what `OpDefinition` says of methods. */
interface ReferenceMethod<K extends OpKind> {
  evaluate(node: NodeOf<K>, inputs: Tensors, outputs: readonly TensorDesc[]): readonly Tensor[];
}

/** The definition of an operator: plain loops, float64 accumulation. `outputs` is what `infer` gave. */
export type Reference<K extends OpKind> = ReferenceMethod<K>['evaluate'];

/**
 * One operator's semantics. Pure. Functions throw ShapeError on operands that do not fit; the caller adds the node's
 * name and operator. Methods, not function properties: their bivariance lets the table of all operators be indexed by
 * a node's `op` and called with that node (`const definition: OpDefinition<OpKind> = OPS[node.op]`) without a cast.
 */
export interface OpDefinition<K extends OpKind> {
  /** Descriptions of the outputs. Needs static input shapes, and the values of shape-giving inputs. */
  infer(node: NodeOf<K>, inputs: Operands): readonly TensorDesc[];
  /** Lazy where the loops are long: a graph on the GPU hardly ever evaluates them. */
  readonly reference: Row<Reference<K>>;
  /** The output when it follows from the operands' descriptions alone (Shape). */
  fold?(node: NodeOf<K>, inputs: Operands): Tensor | undefined;
  /** Multiply-adds of one evaluation; absent means none worth counting (data movement, elementwise). */
  multiplyAdds?(node: NodeOf<K>, inputs: readonly (TensorDesc | undefined)[], outputs: readonly TensorDesc[]): number;
}
