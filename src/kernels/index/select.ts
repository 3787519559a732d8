/** Finding the elements of an input that are not zero, in order: count by chunks, add up, write down. */
import { selectCountShader } from '../../../shaders/index/select-count.ts';
import { selectScanShader } from '../../../shaders/index/select-scan.ts';
import { selectWriteShader } from '../../../shaders/index/select-write.ts';
import { SELECT_CHUNK, SELECT_WORKGROUP } from '../../../shaders/lib/select.ts';
import { isFloat } from '../../core/dtype.ts';
import { elementCount } from '../../core/tensor.ts';
import type { OpKind } from '../../ir/ops.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { dispatch1d, required, value, type CallOperand, type KernelCall, type LowerContext } from '../definition.ts';

/** Dispatches that find the elements, and what they leave behind. */
export interface Selection {
  readonly calls: readonly Omit<KernelCall, 'variant'>[];
  /** Where the elements are, as uint32, in as much room as if it were all of them. */
  readonly positions: CallOperand;
  /** How many they are: the node's second output. */
  readonly total: CallOperand;
}

/** Selects from the input at `index`, which lies densely in its type's own word. */
export function select<K extends OpKind>(context: LowerContext<K>, index: number): Selection {
  const { node, device } = context;
  const { dtype, shape } = required(context, index);
  const count = elementCount(shape);
  const chunks = ceilDiv(count, SELECT_CHUNK);
  const x = value(node.inputs[index]);
  const total = value(node.outputs[1]);
  const counts: CallOperand = { kind: 'scratch', id: 'counts', elements: chunks, storage: 'u32' };
  const positions: CallOperand = { kind: 'scratch', id: 'positions', elements: count, storage: 'u32' };
  const spec = { float: isFloat(dtype) };
  const params = { count, chunks };
  const workgroups = dispatch1d(chunks, SELECT_WORKGROUP, device);
  const each = ceilDiv(chunks, SELECT_WORKGROUP);
  return {
    positions,
    total,
    calls: [
      { shader: selectCountShader(spec), operands: [x, counts], params, workgroups },
      { shader: selectScanShader(), operands: [counts, total], params: { chunks, each }, workgroups: [1, 1, 1] },
      { shader: selectWriteShader(spec), operands: [x, counts, positions], params, workgroups },
    ],
  };
}
