/** Finding the elements of an input that are not zero, in order: count by chunks, add up, write down. */
import { selectCountShader } from '../../../shaders/index/select-count.ts';
import { selectScanShader } from '../../../shaders/index/select-scan.ts';
import { selectWriteShader } from '../../../shaders/index/select-write.ts';
import { SELECT_CHUNK, SELECT_WORKGROUP } from '../../../shaders/lib/select.ts';
import { isFloat } from '../../core/dtype.ts';
import type { DeviceProfile } from '../../core/limits.ts';
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

/** What is selected from. */
export interface Selected {
  /** Dense, in its type's own word. */
  readonly x: CallOperand;
  readonly count: number;
  readonly float: boolean;
  /** Where the number goes. */
  readonly total: CallOperand;
  /** Tells selections of one node apart. */
  readonly id: string;
}

/** Selects from the input at `index`, which lies densely in its type's own word. */
export function select<K extends OpKind>(context: LowerContext<K>, index: number): Selection {
  const { node, device } = context;
  const { dtype, shape } = required(context, index);
  const [x, total] = [value(node.inputs[index]), value(node.outputs[1])];
  return selectFrom({ x, count: elementCount(shape), float: isFloat(dtype), total, id: '' }, device);
}

/** Selects from any operand. */
export function selectFrom({ x, count, float, total, id }: Selected, device: DeviceProfile): Selection {
  const chunks = ceilDiv(count, SELECT_CHUNK);
  const counts: CallOperand = { kind: 'scratch', id: `counts${id}`, elements: chunks, storage: 'u32' };
  const positions: CallOperand = { kind: 'scratch', id: `positions${id}`, elements: count, storage: 'u32' };
  const spec = { float };
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
