/** Constant nodes: every attribute form of opset 12, as initializers of the graph. */
import { tensorOf, type Tensor } from '../../../../core/tensor.ts';
import type { OnnxNode } from '../../node.ts';
import { dataTypeName, dtypeOfTensor, tensorFromProto } from '../../tensor.ts';

/** Makes the value of a Constant node an initializer named after its output. */
export function constant(n: OnnxNode): readonly string[] {
  n.resultConstant(constantValue(n));
  return [];
}

function constantValue(n: OnnxNode): Tensor {
  const proto = n.attr.tensor('value');
  if (proto) {
    if (!dtypeOfTensor(proto.dataType)) n.refuse(`value of type ${dataTypeName(proto.dataType)}`);
    return tensorFromProto({ ...proto, name: n.source.name }, n.context.file, () => {
      n.context.clamped.add(n.outputs[0] ?? '');
    });
  }
  if (n.attr.has('value_float')) return tensorOf('float32', [], [n.attr.float('value_float', 0)]);
  if (n.attr.has('value_int')) return integers(n, [], [n.attr.int('value_int', 0)]);
  const floats = n.attr.floats('value_floats');
  if (floats) return tensorOf('float32', [floats.length], floats);
  const ints = n.attr.ints('value_ints');
  if (ints) return integers(n, [ints.length], ints);
  for (const form of ['sparse_value', 'value_string', 'value_strings']) if (n.attr.has(form)) n.refuse(form);
  return n.fail('the node holds no value');
}

function integers(n: OnnxNode, shape: readonly number[], values: readonly number[]): Tensor {
  const fits = values.every((v) => v >= -(2 ** 31) && v < 2 ** 31);
  if (!fits) n.context.clamped.add(n.outputs[0] ?? '');
  const clamped = values.map((v) => Math.min(2 ** 31 - 1, Math.max(-(2 ** 31), v)));
  return tensorOf('int64', shape, clamped);
}
