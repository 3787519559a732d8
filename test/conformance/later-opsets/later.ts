/** What a form of an operator is that came with opset 18 to 24: a model of one node, and what it gives. */
import type { Tensor } from '../../../src/core/tensor.ts';
import type { OnnxNode, OnnxTensor } from '../../helpers/onnx-bytes.ts';

/** One form of an operator. */
export interface LaterCase {
  readonly name: string;
  /** Of the default domain. */
  readonly opset: number;
  /** Later opsets that changed the operator, in which the node is the same and gives the same. */
  readonly also?: readonly number[];
  readonly node: OnnxNode;
  /** What makes tensors of what it gives, where that is no tensor: the model's outputs are those of the last. */
  readonly behind?: readonly OnnxNode[];
  /** What a run is fed. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** What the file holds. */
  readonly constants?: Readonly<Record<string, Tensor | OnnxTensor>>;
  /** Terms that add up in one element of a result; 1 where absent. */
  readonly terms?: number;
  /** What the outputs are, of a form that onnxruntime lacks, or has otherwise than ONNX's text. */
  readonly plain?: { readonly why: string; readonly outputs: readonly Tensor[] };
  /** The opset in which onnxruntime is asked, where it lacks the operator of this one and an earlier form means the same. */
  readonly asked?: number;
}

/** Cases by operator. */
export type LaterCases = Readonly<Record<string, readonly LaterCase[]>>;

/** Cases, each in later opsets too; `of` says which of them are meant, all unless given. */
export function alsoIn(
  opsets: readonly number[],
  cases: readonly LaterCase[],
  of: (c: LaterCase) => boolean = () => true,
): LaterCase[] {
  return cases.map((c) => (of(c) ? { ...c, also: opsets.filter((opset) => opset > c.opset) } : c));
}
