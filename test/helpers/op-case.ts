/** One row of an operator's case table: shared by the CPU-against-oracle and the GPU-against-CPU tests. */
import type { DType } from '../../src/core/dtype.ts';
import type { Tolerance } from '../../src/core/compare.ts';
import { fromRaw, toRaw } from '../../src/core/raw.ts';
import { tensorOf, type Shape, type Tensor } from '../../src/core/tensor.ts';
import type { Graph } from '../../src/ir/graph.ts';
import { GraphBuilder } from '../../src/ir/builder.ts';
import type { OpAttributes, OpKind } from '../../src/ir/ops.ts';
import { randomSource, randomTensor } from './random.ts';

/** An operand of a case: random in [low, high), or given `values` (which may hold NaN and ±Infinity). */
export interface CaseInput {
  readonly dtype?: DType; // float32 by default
  readonly shape: Shape;
  readonly low?: number;
  readonly high?: number;
  readonly values?: readonly number[];
  /** Make it an initializer: weights, shapes, pads. */
  readonly constant?: boolean;
}

/** A single-node graph to check. */
export interface OpCase<K extends OpKind = OpKind> {
  readonly name: string;
  readonly op: K;
  readonly inputs: readonly (CaseInput | undefined)[];
  readonly attributes: OpAttributes[K];
  readonly outputCount?: number;
  /** Overrides the float policy; say why in a comment beside it. */
  readonly tolerance?: Tolerance;
  /** Set where ONNX cannot express the case; says why. The oracle test skips it, the GPU test does not. */
  readonly noOracle?: string;
  /** Set where the short run has its like, and drivers compile its kernels long: on a GPU, only the full run takes it. */
  readonly full?: true;
  /** Set where compiling evaluates the case, so that no kernel takes it. The GPU test skips it. */
  readonly folds?: boolean;
  /** Variants, by how their names begin, that give another result here by design, and why; they do not run it. */
  readonly unlike?: { readonly variants: string; readonly why: string };
}

/** True of an exported table of cases. */
export function isCaseTable(value: unknown): value is readonly OpCase[] {
  return Array.isArray(value) && value.length > 0 && value.every((c) => typeof c === 'object' && c && 'op' in c);
}

/** The graph of a case, and tensors for its inputs. Inputs are named x0, x1, …; outputs y0, y1, …. */
export function buildCase<K extends OpKind>(c: OpCase<K>): { graph: Graph; feeds: Map<string, Tensor> } {
  const random = randomSource([...c.name].reduce((h, ch) => (h * 31 + ch.charCodeAt(0)) >>> 0, 7));
  const builder = new GraphBuilder(c.name);
  const feeds = new Map<string, Tensor>();
  const names = c.inputs.map((input, i) => {
    if (!input) return '';
    const dtype = input.dtype ?? 'float32';
    const t = input.values
      ? tensorOf(dtype, input.shape, input.values)
      : randomTensor(dtype, input.shape, random, input.low, input.high);
    if (input.constant) return builder.initializer(`x${i}`, t);
    feeds.set(`x${i}`, t);
    return builder.input(`x${i}`, dtype, input.shape);
  });
  const outputs = Array.from({ length: c.outputCount ?? 1 }, (_, i) => `y${i}`);
  builder.add(c.op, names, c.attributes, { name: c.op, outputs });
  for (const out of outputs) builder.output(out);
  return { graph: builder.build(), feeds };
}

/** The tensors with float16 ones rounded to float16, as the engine's border does. */
export function halved(tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const out = new Map(tensors);
  for (const [name, t] of tensors) if (t.dtype === 'float16') out.set(name, fromRaw(t.dtype, t.shape, toRaw(t)));
  return out;
}
