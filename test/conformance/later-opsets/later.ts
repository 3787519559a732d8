/** What a form of an operator is that came with opset 18 to 24: a model of one node, and what it gives. */
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
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

/** What a type names in attributes, or in the values of a graph within, is another with bfloat16; integers have scales of their own. */
const NOT_BRAINS = ['Cast', 'CastLike', 'If', 'Loop', 'Scan', 'QuantizeLinear', 'DequantizeLinear', 'QLinearMatMul'];

/** The first of an operator's cases that float32 is fed to and onnxruntime is asked of, with bfloat16 instead. */
export function ofBrains(cases: readonly LaterCase[]): LaterCase[] {
  const fed = ({ inputs }: LaterCase): boolean => Object.values(inputs).some(({ dtype }) => dtype === 'float32');
  const first = cases.findLast((c) => fed(c) && c.plain === undefined && c.name === cases.find(fed)?.name);
  if (!first || NOT_BRAINS.includes(first.node.op)) return [];
  const { inputs, constants = {} } = first;
  return [{ ...first, name: `${first.name}, of bfloat16`, inputs: brains(inputs), constants: brains(constants) }];
}

function brains<T extends Tensor | OnnxTensor>(tensors: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, t]): [string, T] => [
      name,
      'dtype' in t && t.dtype === 'float32' ? { ...t, ...tensorOf('bfloat16', t.shape, t.data) } : t,
    ]),
  );
}
