/** QuantizeLinear and DequantizeLinear, of ONNX and of com.microsoft. */
import type { DType } from '../../../../core/dtype.ts';
import { isFloat } from '../../../../core/dtype.ts';
import type { OnnxNode } from '../../node.ts';
import { dataTypeName, dtypeOfTensor } from '../../tensor.ts';

/** Types that QuantizeLinear gives. */
const INTEGERS = ['int8', 'uint8', 'int16', 'uint16'] as const;

type Integer = (typeof INTEGERS)[number];

/** An attribute that names an element type; undefined where it is absent or says that there is none. */
function typeAttribute(n: OnnxNode, name: string): DType | undefined {
  const code = n.attr.int(name, 0);
  return code === 0 ? undefined : (dtypeOfTensor(code) ?? n.refuse(`${name} = ${dataTypeName(code)}`));
}

/** The result's type: that of the zero point, or what `output_dtype` says, or uint8. */
function resultType(n: OnnxNode): Integer {
  const [zeroPoint, said] = [n.optional(2), typeAttribute(n, 'output_dtype')];
  const dtype = zeroPoint === '' ? (said ?? 'uint8') : (n.facts(2).dtype ?? n.unknown(2, 'element type'));
  if (said !== undefined && said !== dtype) n.fail(`output_dtype is ${said}, the zero point ${dtype}`);
  return INTEGERS.find((integer) => integer === dtype) ?? n.refuse(`a result of ${dtype}`);
}

/** Which scale belongs to which element. */
function scaling(n: OnnxNode): { axis: number; blockSize: number } {
  const blockSize = n.attr.int('block_size', 0);
  if (blockSize < 0) n.fail(`block_size = ${blockSize}`);
  return { axis: n.attr.int('axis', 1), blockSize };
}

const zeroPoints = (n: OnnxNode): string[] => (n.optional(2) === '' ? [] : [n.optional(2)]);

/** The value as float32 where it is known to hold integers. */
function asFloat(n: OnnxNode, index: number): string {
  const { dtype } = n.facts(index);
  const x = n.input(index);
  return dtype === undefined || isFloat(dtype) ? x : n.one('Cast', [x], { to: 'float32' });
}

/** x over a scale, which ONNX has divided in its own type: here it is float32. */
export function quantizeLinear(n: OnnxNode): string {
  n.attr.ignore('saturate'); // for float8 results only, which the engine refuses
  const precision = typeAttribute(n, 'precision');
  if (precision !== undefined && precision !== 'float32') n.refuse(`precision = ${precision}`);
  const to = resultType(n);
  const inputs = [asFloat(n, 0), asFloat(n, 1), ...zeroPoints(n)];
  return n.one('QuantizeLinear', inputs, { ...scaling(n), to, rounding: 'float-even' });
}

/** Integers times a scale, whose type the result has unless `output_dtype` says another. */
export function dequantizeLinear(n: OnnxNode): string {
  const { dtype } = n.facts(0);
  // What the file has in a float8 is held as a float.
  if (dtype !== undefined && (isFloat(dtype) || dtype === 'bool')) n.refuse('an operand that holds no integers');
  const to = typeAttribute(n, 'output_dtype');
  if (to !== undefined && !isFloat(to)) n.refuse(`output_dtype = ${to}`);
  const y = n.one('DequantizeLinear', [n.input(0), n.input(1), ...zeroPoints(n)], scaling(n));
  const scaleType = n.facts(1).dtype;
  return to === undefined || to === scaleType ? y : n.one('Cast', [y], { to });
}
