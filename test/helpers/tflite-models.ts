/** TensorFlow Lite files of one operator, and how they are imported and run on the reference. */
import './every-operator.ts';
import { toRaw } from '../../src/core/raw.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import type { DType } from '../../src/core/dtype.ts';
import type { ImportedModel, ImportOptions } from '../../src/formats/importer.ts';
import { tfliteImporter } from '../../src/formats/tflite/index.ts';
import { encodeTflite } from '../../src/formats/tflite/write/encode.ts';
import type { WrittenModel, WrittenOptions, WrittenTensor } from '../../src/formats/tflite/write/file.ts';
import { compile } from '../../src/passes/pipeline.ts';
import { runGraph } from '../../src/runtime/cpu/run.ts';
import { product } from '../../src/util/arrays.ts';
import { randomSource } from './random.ts';

/** Types of tensors that tests make. */
type MadeType = Extract<WrittenTensor['type'], DType>;

/** An operand: a constant where it has `data`, else fed with `values`, or with seeded numbers between −2 and 2. */
export interface Operand extends Partial<Pick<WrittenTensor, 'quantisation' | 'sparsity' | 'signature'>> {
  readonly shape: readonly number[];
  readonly type?: MadeType;
  readonly data?: readonly number[];
  readonly values?: readonly number[];
}

/** A file of one operator; an operand of `undefined` is absent. */
export interface OneOperator {
  readonly op: string;
  readonly options?: WrittenOptions;
  readonly customOptions?: Uint8Array;
  readonly inputs: readonly (Operand | undefined)[];
  readonly outputs: readonly Operand[];
}

/** A float constant of seeded numbers. */
export function weights(...shape: readonly number[]): Operand {
  return { shape, data: numbers(product(shape), 77) };
}

/** An int32 constant; of one dimension, unless `shape` says another. */
export function indices(data: readonly number[], shape: readonly number[] = [data.length]): Operand {
  return { shape, type: 'int32', data };
}

function numbers(count: number, seed: number): number[] {
  const random = randomSource(seed);
  return Array.from({ length: count }, () => Math.fround(4 * random() - 2));
}

/** The bytes of a constant. */
export function rawBytes(type: MadeType, shape: readonly number[], data: readonly number[]): Uint8Array {
  return toRaw(tensorOf(type, shape, data));
}

/** The model's description for the writer. */
export function modelOf({ op, options, customOptions, inputs, outputs }: OneOperator): WrittenModel {
  const tensors = [
    ...inputs.flatMap((operand, i) => (operand ? [tensorFor(`x${i}`, operand)] : [])),
    ...outputs.map((operand, i) => tensorFor(`y${i}`, operand)),
  ];
  const indexOf = (name: string): number => tensors.findIndex((tensor) => tensor.name === name);
  const [from, to] = [inputs.map((_, i) => indexOf(`x${i}`)), outputs.map((_, i) => indexOf(`y${i}`))];
  const own = { ...(options ? { options } : {}), ...(customOptions ? { customOptions } : {}) };
  const fed = from.filter((index, i) => index >= 0 && !inputs[i]?.data);
  return { subgraphs: [{ tensors, operators: [{ op, inputs: from, outputs: to, ...own }], inputs: fed, outputs: to }] };
}

function tensorFor(name: string, operand: Operand): WrittenTensor {
  const { shape, type = 'float32', data, quantisation, sparsity, signature } = operand;
  return {
    name,
    type,
    shape,
    ...(quantisation ? { quantisation } : {}),
    ...(signature ? { signature } : {}),
    // Sparse tensors have fewer elements than their shape says.
    ...(sparsity ? { sparsity } : {}),
    ...(data ? { data: rawBytes(type, sparsity ? [data.length] : shape, data) } : {}),
  };
}

/** What the file's inputs are fed. */
export function feedsOf({ inputs }: OneOperator): Tensor[] {
  return inputs.flatMap((operand, i) => {
    if (!operand || operand.data) return [];
    const { shape, type = 'float32', values = numbers(product(shape), i + 1) } = operand;
    return [tensorOf(type, shape, values)];
  });
}

/** Imports bytes under the name `model.tflite`. */
export function importTflite(bytes: Uint8Array, options?: ImportOptions): Promise<ImportedModel> {
  const main = { name: 'model.tflite', bytes };
  return tfliteImporter.load({ main, read: (name) => Promise.reject(new TypeError(`no file ${name}`)) }, options);
}

/** What a model gives for these feeds, in its own order, on the reference. */
export function runTflite({ graph }: ImportedModel, feeds: readonly Tensor[]): Tensor[] {
  const named = new Map(graph.inputs.flatMap(({ name }, i) => (feeds[i] ? [[name, feeds[i]] as const] : [])));
  const inputShapes = Object.fromEntries([...named].map(([name, { shape }]) => [name, shape]));
  return [...runGraph(compile(graph, { inputShapes, level: 'reference' }), named).values()];
}

/** Imports a file of one operator. */
export function importOne(one: OneOperator): Promise<ImportedModel> {
  return importTflite(encodeTflite(modelOf(one)));
}
