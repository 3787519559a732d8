/** ONNX files: every operator's cases, as ONNX says them, and what files keep beside operators. */
import { LoadError } from '../../../src/core/errors.ts';
import { tensorOf } from '../../../src/core/tensor.ts';
import { toOnnx } from '../../../src/formats/onnx/write/to-onnx.ts';
import { range } from '../../../src/util/arrays.ts';
import { GENERATORS, randomCase, type JudgedOp } from '../../conformance/random-cases.ts';
import { encodeModel, type OnnxModel } from '../../helpers/onnx-bytes.ts';
import { buildCase } from '../../helpers/op-case.ts';
import { GENTLE_PROTOBUF_MUTATORS, PROTOBUF_MUTATORS } from '../mutate/protobuf.ts';
import type { FuzzTarget } from '../target.ts';
import { inspectModel } from './inspect.ts';

const x = { name: 'x', dtype: 'float32', shape: ['N', 3, 8, 8] } as const;

/** Files whose nodes work on constants alone, so that compiling evaluates them; with symbols, subgraphs, several opsets. */
const MODELS: readonly OnnxModel[] = [
  {
    opset: { '': 13, 'com.example': 1 },
    inputs: [x],
    outputs: ['y'],
    initializers: [['n', tensorOf('int64', [4], [1, 3, 4, 4])]],
    nodes: [
      { op: 'ConstantOfShape', inputs: ['n'], outputs: ['zeros'] },
      {
        op: 'MaxPool',
        inputs: ['zeros'],
        outputs: ['pooled'],
        attributes: { kernel_shape: { ints: [2, 2] }, pads: { ints: [1, 1, 1, 1] } },
      },
      { op: 'ReduceSum', inputs: ['pooled'], outputs: ['sum'] },
      { op: 'Add', inputs: ['x', 'sum'], outputs: ['y'] },
    ],
  },
  {
    opset: 17,
    inputs: [x],
    outputs: ['y'],
    initializers: [
      ['axes', tensorOf('int64', [1], [0])],
      ['k', { dataType: 1, dims: [2], floats: [1, 2] }],
      ['e', { dataType: 1, dims: [2], external: { location: 'weights.bin', offset: '0', length: '8' } }],
    ],
    nodes: [
      { op: 'Shape', inputs: ['x'], outputs: ['shape'] },
      { op: 'Gather', inputs: ['shape', 'axes'], outputs: ['batch'] },
      { op: 'Concat', inputs: ['batch', 'axes', 'shape'], outputs: ['long'], attributes: { axis: { i: 0 } } },
      { op: 'Slice', inputs: ['long', 'axes', 'batch'], outputs: ['part'] },
      { op: 'Expand', inputs: ['k', 'shape'], outputs: ['wide'] },
      { op: 'Reshape', inputs: ['x', 'shape'], outputs: ['y'] },
    ],
  },
  {
    opset: 13,
    inputs: [x],
    outputs: ['y'],
    nodes: [
      {
        op: 'Constant',
        inputs: [],
        outputs: ['yes'],
        attributes: { value: { t: tensorOf('bool', [], [1]) } },
      },
      {
        op: 'If',
        inputs: ['yes'],
        outputs: ['y'],
        attributes: {
          then_branch: { g: { inputs: [], outputs: ['a'], nodes: [{ op: 'Relu', inputs: ['x'], outputs: ['a'] }] } },
          else_branch: { g: { inputs: [], outputs: ['b'], nodes: [{ op: 'Neg', inputs: ['x'], outputs: ['b'] }] } },
        },
      },
    ],
  },
];

const ofOperators = (Object.keys(GENERATORS) as JudgedOp[]).flatMap((op) =>
  range(2).map((i) => toOnnx(buildCase(randomCase(op, i)).graph)),
);

/** The target. */
export const onnx: FuzzTarget = {
  seeds: [...MODELS.map(encodeModel), ...MODELS.map(encodeModel), ...ofOperators],
  mutators: [...GENTLE_PROTOBUF_MUTATORS, ...GENTLE_PROTOBUF_MUTATORS, ...PROTOBUF_MUTATORS],
  run: (bytes, settings) => {
    const main = { name: 'model.onnx', bytes };
    return inspectModel(
      { main, read: (name) => Promise.reject(new LoadError('there is no such file', { file: name })) },
      settings,
    );
  },
};
