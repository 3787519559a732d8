/** ncnn networks that tests write: lines of a param file, and blobs of weights as they lie in a `.bin`. */
import type { Tensor } from '../../src/core/tensor.ts';
import type { ModelFiles } from '../../src/formats/importer.ts';
import { Session } from '../../src/session/session.ts';
import { roundUp } from '../../src/util/arrays.ts';
import { openDevice } from './gpu-device.ts';

/** A blob of weights: float32 behind a flag, without one, or int8 behind a flag. */
export type NcnnBlob =
  | { readonly flagged: ArrayLike<number> }
  | { readonly plain: ArrayLike<number> }
  | { readonly int8: ArrayLike<number> };

const INT8 = 0x000d4b38;

function blobBytes(blob: NcnnBlob): Uint8Array {
  if ('plain' in blob) return new Uint8Array(Float32Array.from(blob.plain).buffer);
  if ('flagged' in blob) return new Uint8Array(Float32Array.from([0, ...Array.from(blob.flagged)]).buffer);
  const bytes = new Uint8Array(4 + roundUp(blob.int8.length, 4));
  new DataView(bytes.buffer).setUint32(0, INT8, true);
  bytes.set(Uint8Array.from(Int8Array.from(blob.int8)), 4);
  return bytes;
}

/** The `.bin` of blobs in order. */
export function ncnnBin(blobs: readonly NcnnBlob[]): Uint8Array {
  return new Uint8Array(Buffer.concat(blobs.map(blobBytes)));
}

/** The text of a param file: `lines` are its layers. */
export function ncnnText(lines: readonly string[]): string {
  const blobs = lines.reduce((sum, line) => sum + Number(line.trim().split(/\s+/)[3]), 0);
  return ['7767517', `${lines.length} ${blobs}`, ...lines].join('\n');
}

/** The files of a network. */
export function ncnnFiles(lines: readonly string[], blobs: readonly NcnnBlob[]): ModelFiles {
  return {
    main: { name: 'net.param', bytes: new TextEncoder().encode(ncnnText(lines)) },
    read: (name) => (name === 'net.bin' ? Promise.resolve(ncnnBin(blobs)) : Promise.reject(new Error(`reads ${name}`))),
  };
}

/** What a network makes of its inputs on a backend. Shapes are those of what is fed. */
export async function runNcnn(
  files: ModelFiles,
  feeds: Readonly<Record<string, Tensor>>,
  backend: 'cpu' | 'webgpu' = 'cpu',
): Promise<Record<string, Tensor>> {
  const gpu = backend === 'webgpu' ? { gpu: (await openDevice()).device } : {};
  const inputShapes = Object.fromEntries(Object.entries(feeds).map(([name, { shape }]) => [name, [...shape]]));
  using session = await Session.create(files, { backend, inputShapes, ...gpu });
  return await session.run(feeds);
}

/** The Input of a blob of such a tensor, whose first extent is the batch. */
export function inputLine(name: string, { shape }: Tensor): string {
  const [w = 0, h, ...rest] = shape.slice(1).reverse();
  const ids = rest.length === 2 ? [11, 2] : [2];
  const further = rest.map((extent, i) => ` ${ids[i]}=${extent}`).join('');
  return `Input ${name} 0 1 ${name} 0=${w}${h === undefined ? '' : ` 1=${h}`}${further}`;
}

/** What a layer alone makes of its blobs. */
export async function runLayer(
  type: string,
  params: string,
  inputs: readonly Tensor[],
  {
    blobs = [],
    outputs = 1,
    backend = 'cpu',
  }: { blobs?: readonly NcnnBlob[]; outputs?: number; backend?: 'cpu' | 'webgpu' } = {},
): Promise<Tensor[]> {
  const names = inputs.map((_, i) => `x${i}`);
  const made = Array.from({ length: outputs }, (_, i) => `y${i}`);
  const lines = [
    ...inputs.map((x, i) => inputLine(names[i] ?? '', x)),
    `${type} layer ${names.length} ${made.length} ${[...names, ...made].join(' ')} ${params}`,
  ];
  const feeds = Object.fromEntries(inputs.map((x, i) => [names[i], x]));
  const got = await runNcnn(ncnnFiles(lines, blobs), feeds, backend);
  return made.flatMap((name) => got[name] ?? []);
}
