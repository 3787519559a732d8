/** The lesser or the greater of narrow integers, some of which lie four to a word → one dispatch. */
import { BINARY_WORKGROUP } from '../../../shaders/elementwise/binary.ts';
import { binaryBytesShader, binaryWordsShader } from '../../../shaders/elementwise/binary-bytes.ts';
import { PlanError } from '../../core/errors.ts';
import { collapse, stridedDims } from '../../core/strided.ts';
import { isDense } from '../../core/placement.ts';
import { isPacked } from '../../core/storage.ts';
import { elementCount } from '../../core/tensor.ts';
import { at, ceilDiv, sameArray } from '../../util/arrays.ts';
import { dispatch1d, required, result, value, type KernelCall, type LowerContext } from '../definition.ts';
import { stridesWithin } from '../lib/broadcast.ts';
import { listParams } from '../lib/strided.ts';

/** The dispatch; none for a result without elements. */
export function binaryBytesCalls(context: LowerContext<'Binary'>): Omit<KernelCall, 'variant'>[] {
  const { node, device } = context;
  const { kind } = node.attributes;
  if (kind !== 'min' && kind !== 'max') throw new PlanError(`no kernel makes ${kind} of packed integers`);
  const [a, b, y] = [required(context, 0), required(context, 1), result(context)];
  const elements = elementCount(y.shape);
  if (elements === 0) return [];
  const operands = [value(node.inputs[0]), value(node.inputs[1]), value(node.outputs[0])];
  const spec = { kind, a: a.storage, b: b.storage, y: y.storage } as const;
  if ([a, b, y].every(({ shape, placement }) => sameArray(shape, y.shape) && isDense(placement, shape))) {
    const count = ceilDiv(elements, 4);
    const workgroups = dispatch1d(count, BINARY_WORKGROUP, device);
    return [{ shader: binaryWordsShader(spec), operands, params: { count }, workgroups }];
  }
  const dims = collapse(stridedDims(y.shape, ...[a, b, y].map((operand) => stridesWithin(operand, y.shape))));
  const extents = dims.map(({ extent }) => extent);
  const places = [a, b, y].map(({ placement }, k) => {
    const name = at(['a', 'b', 'y'], k);
    const strides = dims.map((dim) => at(dim.strides, k));
    return { [`${name}_at`]: placement.offset, ...listParams(`${name}_s`, strides) };
  });
  return [
    {
      shader: binaryBytesShader({ ...spec, rank: dims.length }),
      operands,
      params: Object.assign({ count: elements, ...listParams('d', extents) }, ...places),
      workgroups: dispatch1d(ceilDiv(elements, isPacked(y.storage) ? 4 : 1), BINARY_WORKGROUP, device),
    },
  ];
}
