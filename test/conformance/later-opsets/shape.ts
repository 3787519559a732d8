/** Shapes and parts: Split of opset 18 (num_outputs), and forms of opset 19 to 24 that take more element types or none else. */
import type { DType } from '../../../src/core/dtype.ts';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { node, wave } from '../../helpers/onnx-models.ts';
import type { OnnxNode } from '../../helpers/onnx-bytes.ts';
import { LAST_OPSET, OPERATOR_VERSIONS } from '../support/versions.ts';
import type { LaterCase, LaterCases } from './later.ts';

const ints = (...values: number[]): Tensor => tensorOf('int64', [values.length], values);

/** Elements of both signs, where the type has any. */
function some(dtype: DType, ...shape: number[]): Tensor {
  const count = shape.reduce((n, d) => n * d, 1);
  const values = Array.from({ length: count }, (_, i) => (dtype === 'bool' ? i % 2 : (i * 7) % 23));
  return tensorOf(dtype, shape, values);
}

/** Those that changed what moves elements, or looks at shapes. */
const OPSETS = [19, 21, 23, 24];

/** Types that a movement of elements is tried with in every opset that changed it, and those of a single one. */
const EVERYWHERE: readonly DType[] = ['float32', 'int32', 'float16', 'bool', 'uint8', 'int64'];
const ONCE: readonly DType[] = ['bfloat16', 'uint16', 'uint64', 'int8', 'int16', 'uint32'];

interface Form {
  readonly inputs?: string;
  readonly constants?: Readonly<Record<string, Tensor>>;
  readonly attributes?: OnnxNode['attributes'];
}

function moved(op: string, { inputs = 'x', constants = {}, attributes }: Form, shape = [2, 3, 4]): LaterCase[] {
  const [first, ...also] = OPSETS.filter((opset) => OPERATOR_VERSIONS.get(op)?.versions.includes(opset));
  const of = (dtype: DType, opset: number): LaterCase => ({
    name: `of ${dtype}`,
    opset,
    node: node(op, inputs, 'y', attributes),
    inputs: { x: some(dtype, ...shape) },
    constants,
  });
  return [
    ...EVERYWHERE.map((dtype) => ({ ...of(dtype, first ?? LAST_OPSET), also })),
    ...ONCE.map((dtype) => of(dtype, LAST_OPSET)),
  ];
}

function split(
  name: string,
  attributes: OnnxNode['attributes'],
  outputs: string,
  x: Tensor,
  sizes?: Tensor,
): LaterCase {
  const constants = sizes ? { sizes } : {};
  return {
    name,
    opset: 18,
    node: node('Split', sizes ? 'x sizes' : 'x', outputs, attributes),
    inputs: { x },
    constants,
  };
}

const parts = (count: number, axis: number) => ({ num_outputs: { i: count }, axis: { i: axis } });

function filled(name: string, shape: Tensor, value?: Tensor): LaterCase {
  const attributes = value ? { value: { t: value } } : {};
  const of = node('ConstantOfShape', 'shape', 'y', attributes);
  return { name, opset: 20, also: [21, 23, 24], node: of, inputs: {}, constants: { shape } };
}

export const LATER_SHAPE: LaterCases = {
  Split: [
    split('into equal parts', parts(3, 0), 'a b c', wave([6, 4])),
    split('the last part smaller', parts(3, 0), 'a b c', wave([7, 4])),
    split('the last part smaller, along the last axis', parts(2, -1), 'a b', wave([2, 5])),
    split('one part', parts(1, 1), 'a', wave([2, 5])),
    split('sizes', { axis: { i: 1 } }, 'a b', wave([2, 5]), ints(2, 3)),
    split('a size of zero', { axis: { i: 1 } }, 'a b c', wave([2, 5]), ints(2, 0, 3)),
    split('integers', parts(4, 1), 'a b c d', some('int32', 2, 7)),
  ],
  Reshape: [
    ...moved('Reshape', { inputs: 'x shape', constants: { shape: ints(4, -1) } }),
    {
      name: 'an extent of zero, which is meant',
      opset: 21,
      node: node('Reshape', 'x shape', 'y', { allowzero: { i: 1 } }),
      inputs: { x: wave([0, 3]) },
      constants: { shape: ints(3, 0) },
    },
    {
      name: 'an extent of zero, which is copied',
      opset: 23,
      node: node('Reshape', 'x shape', 'y'),
      inputs: { x: wave([2, 3, 4]) },
      constants: { shape: ints(0, 2, -1) },
    },
  ],
  Identity: moved('Identity', {}),
  Flatten: moved('Flatten', { attributes: { axis: { i: -1 } } }),
  Squeeze: moved('Squeeze', { inputs: 'x axes', constants: { axes: ints(-1, 0) } }, [1, 3, 1]),
  Unsqueeze: moved('Unsqueeze', { inputs: 'x axes', constants: { axes: ints(-1, 1) } }),
  Transpose: moved('Transpose', { attributes: { perm: { ints: [2, 0, 1] } } }),
  Shape: moved('Shape', { attributes: { start: { i: -2 }, end: { i: 7 } } }),
  Size: moved('Size', {}),
  ConstantOfShape: [
    filled('zeros', ints(2, 3)),
    filled('float16', ints(2, 3), tensorOf('float16', [1], [1.5])),
    filled('int8', ints(5), tensorOf('int8', [1], [-3])),
    filled('int64', ints(1, 4), tensorOf('int64', [1], [12])),
    filled('bool', ints(3), tensorOf('bool', [1], [1])),
    filled('a scalar', ints(), tensorOf('int32', [1], [7])),
    filled('no elements', ints(2, 0), tensorOf('float32', [1], [7])),
  ],
};
