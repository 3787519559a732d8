/** Caffe networks that tests write: a text, and weights in any of the forms that files have. */
import { LoadError } from '../../src/core/errors.ts';
import { toRaw } from '../../src/core/raw.ts';
import { tensorOf, type Tensor } from '../../src/core/tensor.ts';
import type { ModelFiles } from '../../src/formats/importer.ts';
import { ProtoWriter } from '../../src/formats/lib/protobuf-writer.ts';

/** Blobs of layers, by the layers' names. */
export type CaffeBlobs = Readonly<Record<string, readonly Tensor[]>>;

/** How a .caffemodel is written. */
export interface CaffemodelForm {
  /** `layers`, of the time before `layer`. */
  readonly layers?: 'new' | 'old';
  /** Four extents instead of a shape; an element or a field at a time; double precision. */
  readonly blobs?: 'packed' | 'four' | 'unpacked' | 'double';
}

/** The bytes of a .caffemodel. */
export function encodeCaffemodel(
  blobs: CaffeBlobs,
  { layers = 'new', blobs: form = 'packed' }: CaffemodelForm = {},
): Uint8Array {
  const [layer, name, blob] = layers === 'new' ? [100, 1, 7] : [2, 4, 6];
  const net = new ProtoWriter();
  net.string(1, 'net');
  for (const [of, tensors] of Object.entries(blobs)) {
    net.message(layer, (w) => {
      w.string(name, of);
      for (const t of tensors) w.message(blob, (inner) => writeBlob(inner, t, form));
    });
  }
  return net.finish();
}

function writeBlob(w: ProtoWriter, { shape, data }: Tensor, form: CaffemodelForm['blobs']): void {
  if (form === 'four') [1, 1, 1, 1, ...shape].slice(-4).forEach((extent, i) => w.int(i + 1, extent));
  else w.message(7, (inner) => inner.packedInts(1, shape));
  if (form === 'unpacked') for (const value of data) w.float(5, value);
  else if (form === 'double') w.bytes(8, new Uint8Array(Float64Array.from(data).buffer));
  else w.bytes(5, toRaw(tensorOf('float32', shape, data)));
}

/** The files of a model whose weights lie beside its text. */
export function caffeFiles(text: string, weights: CaffeBlobs | Uint8Array = {}): ModelFiles {
  const bytes = weights instanceof Uint8Array ? weights : encodeCaffemodel(weights);
  const isThere = weights instanceof Uint8Array || Object.keys(weights).length > 0;
  return {
    main: { name: 'net.prototxt', bytes: new TextEncoder().encode(text) },
    read: (file) =>
      isThere && file === 'net.caffemodel'
        ? Promise.resolve(bytes)
        : Promise.reject(new LoadError('there is no such file', { file })),
  };
}
