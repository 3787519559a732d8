/** Gather of narrow integers, which may lie four to a word → one dispatch. */
import { FLAT_WORKGROUP } from '../../../shaders/lib/flat.ts';
import { gatherBytesShader } from '../../../shaders/index/gather-bytes.ts';
import { normalizeAxis } from '../../core/broadcast.ts';
import { elementCount } from '../../core/tensor.ts';
import { at, ceilDiv, product } from '../../util/arrays.ts';
import { dispatch1d, required, result, type KernelCall, type LowerContext } from '../definition.ts';
import { pickedOperands } from '../lib/counted.ts';

/** The dispatch; none for a result without elements. */
export function gatherBytesCalls(context: LowerContext<'Gather'>): Omit<KernelCall, 'variant'>[] {
  const { node, device } = context;
  const [x, indices, y] = [required(context, 0), required(context, 1), result(context)];
  const elements = elementCount(y.shape);
  if (elements === 0) return [];
  const axis = normalizeAxis(node.attributes.axis, x.shape.length);
  const inner = product(x.shape.slice(axis + 1));
  const vector = inner % 4 === 0;
  const count = ceilDiv(elements, 4);
  return [
    {
      shader: gatherBytesShader({ vector, counted: context.inputs[2] !== undefined, x: x.storage, y: y.storage }),
      operands: pickedOperands(node),
      params: {
        count,
        last: elements - 1,
        extent: at(x.shape, axis),
        inner: vector ? inner / 4 : inner,
        picks: elementCount(indices.shape),
      },
      workgroups: dispatch1d(count, FLAT_WORKGROUP, device),
    },
  ];
}
