/** Writes tensors as a safetensors file. */
import type { DType } from '../../core/dtype.ts';
import { InputError } from '../../core/errors.ts';
import { rawLength, toRaw } from '../../core/raw.ts';
import type { Tensor } from '../../core/tensor.ts';
import { MAX_HEADER, PREFIX } from './recognise.ts';

/** What the format calls element types, the widest first. */
const TYPES: { readonly [D in DType]: string } = {
  int64: 'I64',
  uint64: 'U64',
  float32: 'F32',
  int32: 'I32',
  uint32: 'U32',
  float16: 'F16',
  bfloat16: 'BF16',
  int16: 'I16',
  uint16: 'U16',
  int8: 'I8',
  uint8: 'U8',
  bool: 'BOOL',
};

const ORDER = Object.keys(TYPES);

/** The key of the header under which free text stands: no tensor has it. */
const METADATA = '__metadata__';

/** What a tensor without a name is called. */
const NAMELESS = 'tensor';

/** The header begins and ends at a multiple of it, and so does the data of types up to it. */
const ALIGNMENT = 8;

/** A safetensors file, and what of the names in it is other than was given. */
export interface SafetensorsFile {
  readonly bytes: Uint8Array;
  /** By the given name, where that cannot stand in such a file. */
  readonly renamed: ReadonlyMap<string, string>;
}

/**
 * Tensors under their names, one behind another, the widest types first so that each is aligned; `metadata` is free text by name.
 * A name that is empty, no Unicode text or the format's own becomes another one that is free. Throws InputError where the names
 * take more than a header holds.
 */
export function writeSafetensors(
  tensors: Iterable<readonly [name: string, value: Tensor]>,
  metadata: Readonly<Record<string, string>> = {},
): SafetensorsFile {
  const given = [...tensors];
  const names = freeNames(given.map(([name]) => name));
  const ordered = given
    .map(([, value], i) => ({ name: names[i] ?? '', value, bytes: rawLength(value) }))
    .toSorted((a, b) => ORDER.indexOf(a.value.dtype) - ORDER.indexOf(b.value.dtype));
  let end = 0;
  const entries = ordered.map(({ name, value: { dtype, shape }, bytes }): [string, object] => {
    const begin = end;
    end += bytes;
    return [name, { dtype: TYPES[dtype], shape, data_offsets: [begin, end] }];
  });
  const free = Object.keys(metadata).length > 0 ? [[METADATA, metadata] as const] : [];
  const header = headerOf([...free, ...entries]);
  const file = new Uint8Array(PREFIX + header.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, PREFIX);
  let at = PREFIX + header.length;
  for (const { value, bytes } of ordered) {
    file.set(toRaw(value), at);
    at += bytes;
  }
  const renamed = given.flatMap(([name], i) => (names[i] === name ? [] : [[name, names[i] ?? ''] as const]));
  return { bytes: file, renamed: new Map(renamed) };
}

/** Written by hand: as keys of an object, names that are numbers would come first. */
function headerOf(entries: readonly (readonly [string, object])[]): Uint8Array {
  const text = `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
  const bytes = new TextEncoder().encode(text);
  const length = Math.ceil(bytes.length / ALIGNMENT) * ALIGNMENT;
  if (length > MAX_HEADER) {
    throw new InputError(
      `the names of ${entries.length} tensors take ${length} bytes, a safetensors header ${MAX_HEADER}`,
    );
  }
  const padded = new Uint8Array(length).fill(0x20);
  padded.set(bytes);
  return padded;
}

/** The same names where they can stand; the others take nobody's. */
function freeNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  const allowed = names.map((name) => {
    const fits = canStand(name) && !taken.has(name);
    if (fits) taken.add(name);
    return fits;
  });
  return names.map((name, i) => {
    if (allowed[i]) return name;
    const stem = asText(name === METADATA ? name.replaceAll('_', '') : name) || NAMELESS;
    let free = stem;
    for (let n = 1; taken.has(free); n++) free = `${stem}_${n}`;
    taken.add(free);
    return free;
  });
}

function canStand(name: string): boolean {
  return name !== '' && name !== METADATA && asText(name) === name;
}

/** Without halves of characters, which come out of damaged files alone: UTF-8 has none. */
function asText(name: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new TextEncoder().encode(name));
}
