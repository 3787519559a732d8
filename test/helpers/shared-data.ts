/** Third-party models, pictures and expected outputs that lie beside a checkout and are never part of it. */
import { readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDType } from '../../src/core/dtype.ts';
import { fromRaw } from '../../src/core/raw.ts';
import { zeros, type Tensor } from '../../src/core/tensor.ts';
import type { ModelFiles } from '../../src/formats/importer.ts';
import { decodeTensorProto } from '../../src/formats/onnx/tensor-proto.ts';
import { tensorFromProto } from '../../src/formats/onnx/tensor.ts';
import { isThere } from './is-there.ts';

const folder = resolve(dirname(fileURLToPath(import.meta.url)), '../../../shared/data');

/** Whether the test data is there; tests that need it skip otherwise. */
export const hasSharedData = isThere({
  path: join(folder, 'SOURCES.md'),
  what: 'the shared test data',
  remedy: 'it lies in ../shared beside the checkout',
});

/** Path of a file of the test data. */
export function sharedPath(path: string): string {
  return join(folder, path);
}

/** A model of the test data, with its companions. */
export function sharedModel(path: string): ModelFiles {
  const full = sharedPath(path);
  return {
    main: { name: basename(full), bytes: readFileSync(full) },
    read: (name) => Promise.resolve(readFileSync(join(dirname(full), name))),
  };
}

/** Recorded inputs and outputs of an independent runtime. */
export interface Golden {
  readonly model: string;
  readonly inputs: readonly NamedTensor[];
  readonly outputs: readonly NamedTensor[];
}

interface NamedTensor {
  readonly name: string;
  readonly tensor: Tensor;
}

interface GoldenFile {
  model: string;
  inputs: { name: string; file: string; dtype: string; shape: number[] }[];
  outputs: { name: string; file: string; dtype: string; shape: number[] }[];
}

/** Reads `golden/NAME.json` and the raw tensors it names. */
export function readGolden(name: string): Golden {
  const spec = JSON.parse(readFileSync(sharedPath(`golden/${name}.json`), 'utf8')) as GoldenFile;
  const load = (t: GoldenFile['inputs'][number]): NamedTensor => {
    if (!isDType(t.dtype)) throw new TypeError(`${t.dtype} is not a dtype`);
    return { name: t.name, tensor: fromRaw(t.dtype, t.shape, readFileSync(sharedPath(`golden/${t.file}`))) };
  };
  return { model: spec.model, inputs: spec.inputs.map(load), outputs: spec.outputs.map(load) };
}

/** Reads a TensorProto file (`*_output_0.pb` of the ONNX project). */
export function readTensorProto(path: string): Tensor {
  return tensorFromProto(decodeTensorProto(readFileSync(sharedPath(path)), path), path);
}

/** The input the ONNX project's light models are checked with: `arange(n)/n`. */
export function ramp(shape: readonly number[]): Tensor {
  const t = zeros('float32', shape);
  for (let i = 0; i < t.data.length; i++) t.data[i] = i / t.data.length;
  return t;
}
