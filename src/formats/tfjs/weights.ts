/** Weights of a TensorFlow.js model: a manifest of groups, each a run of tensors cut into shard files. */
import { ImportError, LoadError, UnsupportedError, type Unsupported } from '../../core/errors.ts';
import { hostArray, isDType, type DType } from '../../core/dtype.ts';
import { fromRaw } from '../../core/raw.ts';
import { elementCount, zeros, type Shape, type Tensor } from '../../core/tensor.ts';
import { halfToFloat } from '../../util/half.ts';
import type { ModelFiles } from '../importer.ts';
import { asArray, asInteger, asNumber, asObject, asString, field, isObject } from './json.ts';

/** How stored integers become values: value = stored · scale + min. float16 storage has neither. */
interface Quantisation {
  readonly stored: 'uint8' | 'uint16' | 'float16';
  readonly scale: number;
  readonly min: number;
}

/** Shards that are asked for before it is their turn: all of most models, and few of a list that has no end. */
const AHEAD = 31;

/** One tensor as the manifest describes it. */
interface WeightSpec {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly quantisation: Quantisation | undefined;
  /** Bytes it takes in the group. */
  readonly bytes: number;
}

/** A run of tensors stored one after the other over the concatenation of its shard files. */
interface WeightGroup {
  readonly paths: readonly string[];
  readonly specs: readonly WeightSpec[];
}

const STORED_BYTES = { uint8: 1, uint16: 2, float16: 2 } as const;
const WEIGHT_DTYPES: readonly DType[] = ['float32', 'float16', 'int32', 'uint8', 'bool'];

/**
 * Reads every weight of a model by name. Each group's byte count is checked before a tensor is made.
 * Rejects with ImportError on a malformed manifest, a missing shard or a wrong length, with UnsupportedError on a
 * dtype the engine does not hold (string, complex64).
 */
export async function readWeights(manifest: unknown, files: ModelFiles): Promise<Map<string, Tensor>> {
  const weights = new Map<string, Tensor>();
  if (manifest === undefined || manifest === null) return weights;
  const groups = parseManifest(manifest, files.main.name);
  files.expect?.(groups.reduce((all, { specs }) => all + sizeOf(specs), 0));
  const next = readAhead(
    groups.flatMap(({ paths }) => paths),
    files,
  );
  for (const group of groups) {
    const bytes = await readGroup(group, files.main.name, next);
    let offset = 0;
    for (const spec of group.specs) {
      if (weights.has(spec.name)) throw broken(`weight "${spec.name}" is listed twice`, files.main.name);
      weights.set(spec.name, decode(spec, bytes.subarray(offset, offset + spec.bytes)));
      offset += spec.bytes;
    }
  }
  return weights;
}

/** Every weight as zeros: what a model is like before its shards have come. Throws as `readWeights` does. */
export function zeroWeights(manifest: unknown, file: string): Map<string, Tensor> {
  const groups = manifest === undefined || manifest === null ? [] : parseManifest(manifest, file);
  return new Map(groups.flatMap(({ specs }) => specs.map(({ name, dtype, shape }) => [name, zeros(dtype, shape)])));
}

function parseManifest(manifest: unknown, file: string): WeightGroup[] {
  const refused: Unsupported[] = [];
  const groups = asArray(manifest, 'weightsManifest').map((entry, i) => {
    const group = asObject(entry, `weightsManifest[${i}]`);
    const paths = asArray(field(group, 'paths'), `weightsManifest[${i}].paths`).map((p) => asString(p, 'a shard path'));
    const specs = asArray(field(group, 'weights'), `weightsManifest[${i}].weights`)
      .map((spec) => parseSpec(spec, refused, file))
      .filter((spec) => spec !== undefined);
    return { paths, specs };
  });
  if (refused.length > 0) throw new UnsupportedError(refused, { format: 'tfjs', file });
  return groups;
}

function parseSpec(value: unknown, refused: Unsupported[], file: string): WeightSpec | undefined {
  const spec = asObject(value, 'an entry of weightsManifest');
  const name = asString(field(spec, 'name'), 'the name of a weight');
  const what = `weight "${name}"`;
  const dtype = asString(field(spec, 'dtype'), `dtype of ${what}`);
  if (!isDType(dtype) || !WEIGHT_DTYPES.includes(dtype)) {
    refused.push({ node: name, op: 'weight', what: `dtype ${dtype}` });
    return undefined;
  }
  const shape = asArray(field(spec, 'shape'), `shape of ${what}`).map((d) => asInteger(d, `shape of ${what}`));
  const quantisation = parseQuantisation(field(spec, 'quantization'), name, refused);
  const width = quantisation ? STORED_BYTES[quantisation.stored] : fileBytes(dtype);
  return { name, dtype, shape, quantisation, bytes: width * countOf(shape, name, file) };
}

function fileBytes(dtype: DType): number {
  return dtype === 'bool' || dtype === 'uint8' ? 1 : dtype === 'float16' ? 2 : 4;
}

function countOf(shape: Shape, name: string, file: string): number {
  try {
    return elementCount(shape);
  } catch (cause) {
    throw broken(`weight "${name}": ${cause instanceof Error ? cause.message : 'bad shape'}`, file, cause);
  }
}

function parseQuantisation(value: unknown, name: string, refused: Unsupported[]): Quantisation | undefined {
  if (!isObject(value)) return undefined;
  const stored = asString(field(value, 'dtype'), `quantization.dtype of weight "${name}"`);
  if (stored === 'float16') return { stored, scale: 1, min: 0 };
  if (stored !== 'uint8' && stored !== 'uint16') {
    refused.push({ node: name, op: 'weight', what: `quantization dtype ${stored}` });
    return undefined;
  }
  const scale = asNumber(field(value, 'scale'), `quantization.scale of weight "${name}"`);
  const min = asNumber(field(value, 'min'), `quantization.min of weight "${name}"`);
  return { stored, scale, min };
}

/** Gives the files of `paths` one after the other, and has asked for some of those to come by then. */
function readAhead(paths: readonly string[], files: ModelFiles): () => Promise<Uint8Array> {
  const pending: Promise<Uint8Array>[] = [];
  let asked = 0;
  return () => {
    for (const path of paths.slice(asked, asked + AHEAD + 1 - pending.length)) {
      const reading = files.read(path);
      reading.catch(() => undefined); // It may never be its turn.
      pending.push(reading);
      asked++;
    }
    return pending.shift() ?? Promise.reject(new RangeError('more files are taken than there are'));
  };
}

function sizeOf(specs: readonly WeightSpec[]): number {
  return specs.reduce((sum, { bytes }) => sum + bytes, 0);
}

async function readGroup(
  { paths, specs }: WeightGroup,
  main: string,
  next: () => Promise<Uint8Array>,
): Promise<Uint8Array> {
  const needed = sizeOf(specs);
  const shards: Uint8Array[] = [];
  let present = 0;
  for (const path of paths) {
    const shard = await readShard(path, specs, present, next());
    shards.push(shard);
    present += shard.byteLength;
    if (present > needed) break;
  }
  if (present !== needed) {
    const { name, at } = present < needed ? specAt(specs, present) : { name: specs.at(-1)?.name ?? '', at: needed };
    throw broken(
      `the weights need ${needed} bytes, the shards have ${present}` +
        (present < needed ? `: weight "${name}" starts at byte ${at}` : ` past the last weight "${name}"`),
      paths[shards.length - 1] ?? main,
    );
  }
  const [only] = shards;
  if (only && shards.length === 1) return only;
  const all = new Uint8Array(needed);
  let offset = 0;
  for (const shard of shards) {
    all.set(shard, offset);
    offset += shard.byteLength;
  }
  return all;
}

async function readShard(
  path: string,
  specs: readonly WeightSpec[],
  start: number,
  reading: Promise<Uint8Array>,
): Promise<Uint8Array> {
  try {
    return await reading;
  } catch (cause) {
    if (!(cause instanceof LoadError)) throw cause;
    const { name } = specAt(specs, start);
    throw new LoadError(`cannot read this shard, which holds weight "${name}": ${cause.message}`, {
      file: path,
      cause,
    });
  }
}

/** The weight that the byte at `position` belongs to, and where it starts. */
function specAt(specs: readonly WeightSpec[], position: number): { name: string; at: number } {
  let at = 0;
  for (const spec of specs) {
    if (position < at + spec.bytes) return { name: spec.name, at };
    at += spec.bytes;
  }
  return { name: specs.at(-1)?.name ?? '', at };
}

function decode({ dtype, shape, quantisation }: WeightSpec, bytes: Uint8Array): Tensor {
  if (!quantisation) return fromRaw(dtype, shape, bytes);
  const { stored, scale, min } = quantisation;
  // A copy by construction, not bytes.slice(): Node's Buffer gives a view of all its memory there.
  const codes = stored === 'uint8' ? bytes : new Uint16Array(new Uint8Array(bytes).buffer);
  const to = dtype === 'int32' ? 'int32' : 'float32';
  const data = hostArray(to, codes.length);
  // A plain loop: typed-array `from` with a function takes a hundred times as long, seconds on a large network.
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0;
    const value = stored === 'float16' ? halfToFloat(code) : code * scale + min;
    data[i] = to === 'int32' ? Math.round(value) : value;
  }
  return { dtype: to, shape, data };
}

function broken(message: string, file: string, cause?: unknown): ImportError {
  const hint = 'The weights are incomplete or damaged: download them again';
  return new ImportError(message, { format: 'tfjs', file, hint, cause });
}
