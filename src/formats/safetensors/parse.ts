/**
 * Safetensors: eight bytes of header length, a JSON header, and densely packed tensors. Every field of the header is
 * checked before any tensor is allocated, and the tensors must take all of the data, each byte once: what lies between or
 * behind them could be anything, and a key given twice is two files in one.
 */
import { bytesPerElement, type DType } from '../../core/dtype.ts';
import { ImportError, InputError } from '../../core/errors.ts';
import { fromRaw } from '../../core/raw.ts';
import { elementCount, type Shape, type Tensor } from '../../core/tensor.ts';
import { brokenJsonRule } from '../lib/json-scan.ts';
import { headerLength, MAX_HEADER, PREFIX } from './recognise.ts';

/** Element types of the format: the engine's type and the bytes of one element in the file. */
const DTYPES: Readonly<Record<string, { readonly dtype: DType; readonly bytes: number }>> = {
  F64: { dtype: 'float32', bytes: 8 },
  F32: { dtype: 'float32', bytes: 4 },
  F16: { dtype: 'float16', bytes: bytesPerElement('float16') },
  BF16: { dtype: 'float32', bytes: 2 },
  I64: { dtype: 'int64', bytes: 8 },
  U64: { dtype: 'uint64', bytes: 8 },
  I32: { dtype: 'int32', bytes: 4 },
  U32: { dtype: 'uint32', bytes: 4 },
  I16: { dtype: 'int16', bytes: 2 },
  U16: { dtype: 'uint16', bytes: 2 },
  I8: { dtype: 'int8', bytes: 1 },
  U8: { dtype: 'uint8', bytes: 1 },
  BOOL: { dtype: 'bool', bytes: 1 },
};

/** A checked entry of the header; `begin` and `end` count from the start of the file. */
interface Entry {
  readonly name: string;
  readonly type: string;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

interface Header {
  readonly entries: readonly Entry[];
  /** Where the header ends and the data begins. */
  readonly start: number;
}

/**
 * The tensors of a file by name: float64 and bfloat16 become float32, float16 keeps its type. Throws ImportError
 * naming `fileName` when the header does not describe the file exactly, or an element type is none of those above; InputError
 * for what is no Uint8Array.
 */
export function readSafetensors(bytes: Uint8Array, fileName = 'weights'): Map<string, Tensor> {
  if (!(bytes instanceof Uint8Array)) {
    throw new InputError('what was given as a safetensors file is no Uint8Array', {
      hint: 'Make one of an ArrayBuffer: new Uint8Array(buffer)',
    });
  }
  const fail: Fail = (what) => {
    throw new ImportError(`not a valid safetensors file: ${what}`, {
      file: fileName,
      format: 'safetensors',
      hint: 'The file is incomplete or damaged: download or export it again',
    });
  };
  const header = readHeader(bytes, fail);
  checkTiling(header, bytes.length, fail);
  const tensors = new Map<string, Tensor>();
  for (const entry of header.entries)
    tensors.set(entry.name, decode(entry, bytes.subarray(entry.begin, entry.end), fail));
  return tensors;
}

type Fail = (what: string) => never;

function readHeader(bytes: Uint8Array, fail: Fail): Header {
  if (bytes.length < PREFIX) return fail(`${bytes.length} bytes are too few`);
  const length = headerLength(bytes);
  if (length > MAX_HEADER) return fail(`a header of ${length} bytes`);
  if (length > bytes.length - PREFIX) {
    return fail(`a header of ${length} bytes in a file of ${bytes.length}: it is truncated or corrupt`);
  }
  const header = parseHeader(bytes.subarray(PREFIX, PREFIX + length), fail);
  const start = PREFIX + length;
  checkMetadata(header, fail);
  const entries = Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, value]) => readEntry(name, value, { start, size: bytes.length - start, fail }));
  return { entries, start };
}

function parseHeader(bytes: Uint8Array, fail: Fail): object {
  let header: unknown;
  let broken: string | undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    broken = brokenJsonRule(text, HEADER_RULES);
    if (broken === undefined) header = JSON.parse(text);
  } catch (error) {
    return fail(`the header is no JSON (${error instanceof Error ? error.message : String(error)})`);
  }
  if (broken !== undefined) return fail(`of the header, ${broken}`);
  return isObject(header) ? header : fail('the header is no JSON object');
}

/** The header, an entry, a list of numbers: deeper it is nothing the format has. */
const HEADER_RULES = { depth: 3, uniqueKeys: true };

/** Free text by name is all that may stand beside the tensors. */
function checkMetadata(header: object, fail: Fail): void {
  const metadata: unknown = new Map<string, unknown>(Object.entries(header)).get('__metadata__');
  if (metadata === undefined) return;
  if (!isObject(metadata) || Object.values(metadata).some((v) => typeof v !== 'string')) {
    fail('its __metadata__ is no object of strings');
  }
}

function readEntry(
  name: string,
  value: unknown,
  { start, size, fail }: { readonly start: number; readonly size: number; readonly fail: Fail },
): Entry {
  const at = `tensor "${name}"`;
  if (!isObject(value)) return fail(`${at} is no object`);
  const { dtype: type, shape, data_offsets: offsets } = value;
  if (typeof type !== 'string' || !Object.hasOwn(DTYPES, type)) return fail(`${at} has the type ${String(type)}`);
  if (!isCounts(shape)) return fail(`${at} has the shape ${JSON.stringify(shape)}`);
  if (!isCounts(offsets) || offsets.length !== 2) return fail(`${at} has the offsets ${JSON.stringify(offsets)}`);
  const [begin = 0, end = 0] = offsets;
  if (begin > end || end > size) return fail(`${at} lies at ${begin}…${end} of ${size} bytes`);
  const expected = shape.reduce((n, d) => n * d, DTYPES[type]?.bytes ?? 0);
  if (expected !== end - begin) {
    return fail(`${at} (${type} [${shape.join(', ')}]) takes ${expected} bytes, its offsets give ${end - begin}`);
  }
  elementCount(shape);
  return { name, type, shape, begin: start + begin, end: start + end };
}

/** The tensors, one after another, must reach from the end of the header to that of the file. */
function checkTiling({ entries, start }: Header, size: number, fail: Fail): void {
  const ordered = [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end);
  let end = start;
  let last = 'the header';
  for (const { name, begin, end: next } of ordered) {
    const at = `tensor "${name}"`;
    if (begin < end) fail(`${last} and ${at} overlap`);
    if (begin > end) fail(`${begin - end} bytes between ${last} and ${at} belong to no tensor`);
    [end, last] = [next, at];
  }
  if (end < size) fail(`${size - end} bytes behind ${last} belong to no tensor`);
}

function decode({ name, type, shape }: Entry, bytes: Uint8Array, fail: Fail): Tensor {
  if (type === 'F64') {
    return { dtype: 'float32', shape, data: new Float32Array(new Float64Array(new Uint8Array(bytes).buffer)) };
  }
  if (type === 'BF16') return { dtype: 'float32', shape, data: fromBrainFloats(bytes) };
  const found = DTYPES[type] ?? fail(`tensor "${name}" has the type ${type}`);
  return fromRaw(found.dtype, shape, bytes);
}

/** bfloat16 is the upper half of a float32. */
function fromBrainFloats(bytes: Uint8Array): Float32Array {
  const halves = new Uint16Array(new Uint8Array(bytes).buffer);
  return new Float32Array(new Uint32Array(halves).map((h) => h << 16).buffer);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** True for a list of non-negative integers. */
function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((v) => Number.isSafeInteger(v) && v >= 0);
}
