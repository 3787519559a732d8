/** The model of a `tilewise/ort` session: what `create` was given, read, and described as onnxruntime describes it. */
import { InputError } from '../core/errors.ts';
import { importModel } from '../formats/detect.ts';
import type { ModelFiles } from '../formats/importer.ts';
import type { Graph, GraphInput } from '../ir/graph.ts';
import { tensorType } from './elements.ts';
import { own } from '../util/own.ts';
import { override } from './options.ts';
import type { FileLike, OrtSessionOptions, TensorMetadata } from './session-types.ts';

/** Turns an address, or bytes, into the files of a model. */
export type OpenFiles = (source: string | Blob | Uint8Array) => Promise<ModelFiles>;

/** What `create` was called with. */
export interface CreateCall {
  readonly source: string | Uint8Array;
  readonly options: OrtSessionOptions;
}

/** A model that was read. */
export interface Model {
  readonly graph: Graph;
  /** Outputs as the file declares them; those it says nothing of are missing. */
  readonly declared: ReadonlyMap<string, TensorMetadata>;
}

/** Sorts out the overloads of `create`. Throws InputError on arguments of no overload. */
export function readCall(source: unknown, ...rest: readonly unknown[]): CreateCall {
  if (typeof source === 'string' || source instanceof Uint8Array) return { source, options: optionsOf(rest[0]) };
  const shared = typeof SharedArrayBuffer !== 'undefined' && source instanceof SharedArrayBuffer;
  if (!(source instanceof ArrayBuffer) && !shared) {
    throw new InputError('what was given is no model', { hint: 'Pass an address, an ArrayBuffer or a Uint8Array' });
  }
  if (typeof rest[0] !== 'number') return { source: new Uint8Array(source), options: optionsOf(rest[0]) };
  const [offset, length = source.byteLength - offset, options] = rest;
  const fits = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && typeof length === 'number';
  if (!fits || offset < 0 || length <= 0 || offset + length > source.byteLength) {
    throw new InputError(
      `${String(length)} bytes from ${offset} are not inside a buffer of ${source.byteLength} bytes`,
      {
        hint: 'byteOffset and byteLength are whole numbers of bytes',
      },
    );
  }
  return { source: new Uint8Array(source, offset, length), options: optionsOf(options) };
}

function optionsOf(options: unknown): OrtSessionOptions {
  if (options === undefined) return {};
  if (typeof options === 'object' && options !== null) return options;
  throw new InputError('the options of a session must be an object', {
    hint: "As in { executionProviders: ['webgpu'] }",
  });
}

/** Reads the model. Rejects as the importers do, and as `open` does. */
export async function readModel({ source, options }: CreateCall, open: OpenFiles): Promise<Model> {
  const files = withExternalData(await open(source), options, open);
  const { graph, declared } = await importModel(files);
  const outputs = graph.outputs.flatMap((name) => declared.get(name) ?? []);
  return {
    graph: override(graph, options),
    declared: new Map(outputs.map((port) => [port.name, described(port, options)])),
  };
}

function withExternalData(files: ModelFiles, { externalData = [] }: OrtSessionOptions, open: OpenFiles): ModelFiles {
  const given = new Map<string, FileLike>(
    externalData.map((file) => (typeof file === 'string' ? [plain(file), file] : [plain(file.path), file.data])),
  );
  const read = async (name: string): Promise<Uint8Array> => {
    const data = given.get(plain(name));
    if (data === undefined) return files.read(name);
    const bytes = typeof data === 'string' || data instanceof Blob || data instanceof Uint8Array;
    return (await open(bytes ? data : new Uint8Array(data))).main.bytes;
  };
  return { main: files.main, read };
}

function plain(path: string): string {
  return path.replace(/^\.\//, '');
}

function described(
  { name, dtype, shape }: GraphInput,
  { freeDimensionOverrides = {} }: OrtSessionOptions,
): TensorMetadata {
  const bound = shape.map((dim) => (typeof dim === 'number' ? dim : (own(freeDimensionOverrides, dim) ?? dim)));
  return { name, isTensor: true, type: tensorType(dtype), shape: bound };
}
