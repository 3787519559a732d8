/** Files for inputs: raw little-endian tensors and the shape that an input takes from one, .npy files, pictures. */
import { readFileSync, statSync } from 'node:fs';
import { bytesPerElement } from '../core/dtype.ts';
import { InputError, LoadError } from '../core/errors.ts';
import { fromRaw } from '../core/raw.ts';
import { elementCount, shapeText, type Shape, type Tensor } from '../core/tensor.ts';
import type { Dim, GraphInput } from '../ir/graph.ts';
import { decodeImage } from '../node/image.ts';
import { hostTensor } from '../session/feeds.ts';
import { product } from '../util/arrays.ts';
import type { Preprocessing } from '../vision/picture-spec.ts';
import { preprocess } from '../vision/preprocess.ts';
import type { FeedSpec } from './arguments.ts';
import { withFile } from './locate.ts';
import { isNpy, readNpy, type NpyArray } from './npy.ts';

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
  const shape = given ? agree(input, given, bindings) : derive(input, declaredOf(input, bindings), bytes);
  const needed = elementCount(shape) * bytesPerElement(input.dtype);
  if (needed !== bytes) {
    throw new InputError(
      `input "${input.name}" of ${input.dtype} ${shapeText(shape)} takes ${needed} bytes, the file has ${bytes}`,
      input.suggested && !given
        ? { hint: `The model only suggests its shape: another stands behind the file, as in FILE:${shapeText(shape)}` }
        : {},
    );
  }
  bind(input, shape, bindings);
  return shape;
}

function declaredOf(input: GraphInput, bindings: Bindings): readonly Dim[] {
  return input.shape.map((d) => (typeof d === 'string' ? (bindings.get(d) ?? d) : d));
}

function bind(input: GraphInput, shape: Shape, bindings: Bindings): void {
  input.shape.forEach((d, axis) => {
    if (typeof d === 'string') bindings.set(d, shape[axis] ?? 0);
  });
}

function agree(input: GraphInput, given: Shape, bindings: Bindings): Shape {
  const declared = declaredOf(input, bindings);
  const free = (d: Dim): boolean => input.suggested === true || typeof d === 'string';
  const fits = declared.length === given.length && declared.every((d, i) => free(d) || d === given[i]);
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

/** How a picture becomes an input. Throws InputError for one that takes none. */
export type PicturePreparation = (input: GraphInput) => Preprocessing;

/** What a file holds: bytes that say nothing of themselves, or a tensor. */
type Content = { readonly bytes: Uint8Array } | Pick<NpyArray, 'shape' | 'data'>;

/** Pictures by their names: as bytes they may be a tensor, too. */
const PICTURE = /\.(jpe?g|png|webp|bmp|gif|avif|tiff?)$/i;

/**
 * The tensors of all `--input` options. Every input of the model needs exactly one. Shapes that are written on the command
 * line or in a file are taken first, so that they bind the symbols of inputs without one.
 */
export async function readFeeds(
  specs: readonly FeedSpec[],
  inputs: readonly GraphInput[],
  prepare: PicturePreparation,
): Promise<Map<string, Tensor>> {
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
  const read: { input: GraphInput; spec: FeedSpec; content: Content }[] = [];
  for (const input of inputs) {
    const spec = named.get(input.name);
    if (spec) read.push({ input, spec, content: await inFile(spec.file, () => contentOf(spec, input, prepare)) });
  }
  const shapeless = ({ spec, content }: (typeof read)[number]): number => Number('bytes' in content && !spec.shape);
  const bindings: Bindings = new Map();
  const feeds = new Map<string, Tensor>();
  for (const { input, spec, content } of read.sort((a, b) => shapeless(a) - shapeless(b)))
    feeds.set(input.name, await inFile(spec.file, () => tensorOf(input, spec, content, bindings)));
  return feeds;
}

/** True for a file that by its name is a picture. */
export function isPictureName(file: string): boolean {
  return PICTURE.test(file);
}

/** True for a file that by its name holds raw numbers: no .npy file and no picture. */
export function isRaw(file: string): boolean {
  return !/\.npy$/i.test(file) && !PICTURE.test(file);
}

async function contentOf({ file, shape }: FeedSpec, input: GraphInput, prepare: PicturePreparation): Promise<Content> {
  const bytes = readBytes(file);
  if (isNpy(bytes)) return readNpy(bytes);
  if (!PICTURE.test(file)) return { bytes };
  const spec = prepare({ ...input, shape: shape ?? input.shape });
  return preprocess(await decodeImage(bytes, file), spec);
}

function tensorOf(input: GraphInput, spec: FeedSpec, content: Content, bindings: Bindings): Tensor {
  if ('bytes' in content) {
    const shape = resolveShape(input, content.bytes.byteLength, spec.shape, bindings);
    return fromRaw(input.dtype, shape, content.bytes);
  }
  if (spec.shape) agree({ name: input.name, dtype: input.dtype, shape: content.shape }, spec.shape, bindings);
  bind(input, agree(input, content.shape, bindings), bindings);
  return hostTensor(input, { shape: content.shape, data: content.data });
}

async function inFile<T>(file: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw withFile(cause, file);
  }
}
