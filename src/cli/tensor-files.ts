/** Raw little-endian tensor files: the shape an input takes from one, and the names outputs are written under. */
import { readFileSync, statSync } from 'node:fs';
import { bytesPerElement } from '../core/dtype.ts';
import { InputError, LoadError } from '../core/errors.ts';
import { fromRaw } from '../core/raw.ts';
import { elementCount, shapeText, type Shape, type Tensor } from '../core/tensor.ts';
import type { Dim, GraphInput } from '../ir/graph.ts';
import { product } from '../util/arrays.ts';
import type { FeedSpec } from './arguments.ts';
import { withFile } from './locate.ts';

/** Reads a file whole. Throws LoadError that names it. */
export function readBytes(file: string): Uint8Array {
  try {
    // A device may never end. Pipes may be read: the shell makes them for `<(command)`.
    if (statSync(file).isCharacterDevice()) throw new LoadError('this is a device, not a file', { file });
    return readFileSync(file);
  } catch (cause) {
    if (cause instanceof LoadError) throw cause;
    throw new LoadError(reasonOf(cause), { file, cause });
  }
}

/** Why the file system said no, in words. */
export function reasonOf(cause: unknown): string {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  if (code === 'ENOENT') return 'there is no such file';
  if (code === 'EISDIR') return 'this is a folder, not a file';
  if (code === 'EACCES') return 'it may not be read';
  return cause instanceof Error ? cause.message : String(cause);
}

/** Extents that symbols stand for, by symbol: shared by all inputs of a model. */
export type Bindings = Map<string, number>;

/**
 * The static shape of an input whose data has `bytes` bytes. Given extents must agree with the declared ones; without
 * them one unknown extent follows from the byte count. Binds the input's symbols. Throws InputError where it does not fit.
 */
export function resolveShape(input: GraphInput, bytes: number, given: Shape | undefined, bindings: Bindings): Shape {
  const declared = input.shape.map((d) => (typeof d === 'string' ? (bindings.get(d) ?? d) : d));
  const shape = given ? agree(input, declared, given) : derive(input, declared, bytes);
  const needed = elementCount(shape) * bytesPerElement(input.dtype);
  if (needed !== bytes) {
    throw new InputError(
      `input "${input.name}" of ${input.dtype} ${shapeText(shape)} takes ${needed} bytes, the file has ${bytes}`,
    );
  }
  input.shape.forEach((d, axis) => {
    if (typeof d === 'string') bindings.set(d, shape[axis] ?? 0);
  });
  return shape;
}

function agree(input: GraphInput, declared: readonly Dim[], given: Shape): Shape {
  const fits = declared.length === given.length && declared.every((d, i) => typeof d === 'string' || d === given[i]);
  if (!fits) {
    throw new InputError(
      `input "${input.name}" is ${input.dtype} ${shapeText(declared)}; ${shapeText(given)} does not fit`,
    );
  }
  return given;
}

function derive(input: GraphInput, declared: readonly Dim[], bytes: number): Shape {
  const unknown = [...new Set(declared.filter((d) => typeof d === 'string'))];
  const known = declared.filter((d) => typeof d === 'number');
  if (unknown.length === 0) return known;
  const extent = bytes / (product(known) * bytesPerElement(input.dtype));
  if (bytes === 0) throw new InputError(`input "${input.name}" has no data: the file is empty`);
  if (unknown.length > 1 || known.length !== declared.length - 1 || !Number.isInteger(extent)) {
    throw new InputError(
      `input "${input.name}" is ${input.dtype} ${shapeText(declared)}, the file has ${bytes} bytes`,
      {
        hint: `Write the shape behind the file, as in FILE:${shapeText(declared.map((d) => (typeof d === 'string' ? 1 : d)))}.`,
      },
    );
  }
  return declared.map((d) => (typeof d === 'string' ? extent : d));
}

/**
 * The tensors of all `--input` options. Every input of the model needs exactly one. Shapes written on the command line
 * are taken first, so that they bind the symbols of inputs without one.
 */
export function readFeeds(specs: readonly FeedSpec[], inputs: readonly GraphInput[]): Map<string, Tensor> {
  const named = new Map<string, FeedSpec>();
  for (const spec of specs) {
    if (named.has(spec.name)) throw new InputError(`input "${spec.name}" is given twice`);
    named.set(spec.name, spec);
  }
  const missing = inputs.filter((i) => !named.has(i.name));
  if (missing.length > 0) {
    const list = missing.map((i) => `"${i.name}" (${i.dtype} ${shapeText(i.shape)})`).join(', ');
    throw new InputError(`no data for input ${list}`, { hint: 'Pass --input NAME=FILE[:SHAPE] for each.' });
  }
  const bindings: Bindings = new Map();
  const feeds = new Map<string, Tensor>();
  const withShapeFirst = [...inputs].sort(
    (a, b) => Number(!named.get(a.name)?.shape) - Number(!named.get(b.name)?.shape),
  );
  for (const input of withShapeFirst) {
    const spec = named.get(input.name);
    if (spec) feeds.set(input.name, readFeed(spec, input, bindings));
  }
  return feeds;
}

function readFeed(spec: FeedSpec, input: GraphInput, bindings: Bindings): Tensor {
  const bytes = readBytes(spec.file);
  try {
    return fromRaw(input.dtype, resolveShape(input, bytes.byteLength, spec.shape, bindings), bytes);
  } catch (cause) {
    throw withFile(cause, spec.file);
  }
}
