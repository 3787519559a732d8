/** Pad of narrow integers, which may lie four to a word → one dispatch. */
import { FLAT_WORKGROUP } from '../../../shaders/lib/flat.ts';
import { padBytesShader } from '../../../shaders/move/pad-bytes.ts';
import { ceilDiv } from '../../util/arrays.ts';
import { dispatch1d, required, result, value, type KernelCall, type LowerContext } from '../definition.ts';
import { mergedDims, padParams } from '../lib/padding.ts';

/** The dispatch; none for a result without elements. */
export function padBytesCalls(context: LowerContext<'Pad'>): Omit<KernelCall, 'variant'>[] {
  const { node, device } = context;
  const dims = mergedDims(context);
  const { count: elements, ...params } = padParams(dims);
  if (elements === 0) return [];
  const [x, fill] = [required(context, 0), node.inputs[2]];
  const spec = { rank: dims.length, mode: node.attributes.mode, hasFill: Boolean(fill) };
  const count = ceilDiv(elements, 4);
  return [
    {
      shader: padBytesShader({ ...spec, x: x.storage, y: result(context).storage }),
      operands: [value(node.inputs[0]), ...(fill ? [value(fill)] : []), value(node.outputs[0])],
      params: { count, last: elements - 1, ...params },
      workgroups: dispatch1d(count, FLAT_WORKGROUP, device),
    },
  ];
}
