/** Reads the weights of a .caffemodel: a binary NetParameter, of which only the layers' blobs are of use. */
import { ImportError, UnsupportedError } from '../../core/errors.ts';
import { tensorOf, tensor, type Shape, type Tensor } from '../../core/tensor.ts';
import { product } from '../../util/arrays.ts';
import type { ModelFile } from '../importer.ts';
import { ProtoReader, type MessageSchema } from '../lib/protobuf.ts';
import { recogniseCaffe } from './recognise.ts';

/** A blob as the file has it. */
export interface CaffeBlob {
  /** Its extents; of the old form four of them, the first of which may be 1 for want of others. */
  readonly shape: Shape;
  /** The elements. Throws ImportError where there are more or fewer than the extents say. */
  readonly tensor: () => Tensor;
}

/** Blobs of the layers, by their names. */
export type CaffeWeights = ReadonlyMap<string, readonly CaffeBlob[]>;

interface RawBlob {
  readonly shape: number[];
  readonly old: [num: number, channels: number, height: number, width: number];
  readonly floats: Uint8Array[];
  readonly doubles: Uint8Array[];
  isOld: boolean;
  isHalf: boolean;
}

interface RawLayer {
  name: string;
  isNested: boolean;
  readonly blobs: RawBlob[];
}

interface RawNet {
  readonly layers: RawLayer[];
}

function oldExtent(index: number) {
  return (blob: RawBlob, reader: ProtoReader): void => {
    blob.old[index] = reader.int();
    blob.isOld = true;
  };
}

const SHAPE: MessageSchema<number[]> = { 1: (dims, reader) => reader.ints(dims) };

const BLOB: MessageSchema<RawBlob> = {
  1: oldExtent(0),
  2: oldExtent(1),
  3: oldExtent(2),
  4: oldExtent(3),
  5: (blob, reader) => reader.fixedBytes(blob.floats, 4),
  7: (blob, reader) => void reader.message(SHAPE, blob.shape),
  8: (blob, reader) => reader.fixedBytes(blob.doubles, 8),
  12: (blob, reader) => {
    blob.isHalf = reader.bytes().length > 0;
  },
};

function readBlob(layer: RawLayer, reader: ProtoReader): void {
  layer.blobs.push(reader.message(BLOB, noBlob()));
}

function noBlob(): RawBlob {
  return { shape: [], old: [0, 0, 0, 0], floats: [], doubles: [], isOld: false, isHalf: false };
}

const LAYER: MessageSchema<RawLayer> = {
  1: (layer, reader) => {
    layer.name = reader.string();
  },
  7: readBlob,
};

const OLD_LAYER: MessageSchema<RawLayer> = {
  1: (layer, reader) => {
    layer.isNested = reader.bytes().length > 0;
  },
  4: (layer, reader) => {
    layer.name = reader.string();
  },
  6: readBlob,
};

function readLayer(schema: MessageSchema<RawLayer>) {
  return (net: RawNet, reader: ProtoReader): void => {
    net.layers.push(reader.message(schema, { name: '', isNested: false, blobs: [] }));
  };
}

const NET: MessageSchema<RawNet> = { 2: readLayer(OLD_LAYER), 100: readLayer(LAYER) };

/**
 * Reads a .caffemodel. Throws ImportError where it is truncated or something else, UnsupportedError for HDF5 and for forms
 * that Caffe itself has left behind.
 */
export function readCaffemodel({ name: file, bytes }: ModelFile): CaffeWeights {
  refuseOthers(file, bytes);
  const { layers } = new ProtoReader(bytes, file).root<RawNet>(NET, { layers: [] });
  if (layers.length === 0) {
    throw new ImportError('the weights have no layers: this is no .caffemodel', { file, format: 'caffe' });
  }
  if (layers.some(({ isNested }) => isNested)) refuse(file, 'layers within layers, the form of 2013 (V0)', UPGRADE);
  const named = layers.map(({ name, blobs }): [string, CaffeBlob[]] => [
    name,
    blobs.map((blob, i) => blobOf(blob, { file, where: `blob ${i} of layer "${name}"` })),
  ]);
  return new Map(named);
}

/** Reads a file of one blob, a mean picture (.binaryproto). Throws ImportError where it is something else. */
export function readBlobProto({ name: file, bytes }: ModelFile): CaffeBlob {
  const blob = new ProtoReader(bytes, file).root<RawBlob>(BLOB, noBlob());
  return blobOf(blob, { file, where: 'the blob' });
}

const UPGRADE = 'Write it anew with Caffe: its upgrade_net_proto_binary gives the present form';
const PLAIN = 'Save it with Caffe as a binary protocol buffer (snapshot_format: BINARYPROTO), of float32';

function refuse(file: string, what: string, hint: string): never {
  throw new UnsupportedError([{ node: file, op: 'weights', what }], { file, format: 'caffe', hint });
}

/** What people take for a .caffemodel. */
function refuseOthers(file: string, bytes: Uint8Array): void {
  if (bytes.length === 0) throw new ImportError('the weights are an empty file', { file, format: 'caffe' });
  if ([0x89, 0x48, 0x44, 0x46].every((byte, i) => bytes[i] === byte)) {
    refuse(file, 'HDF5 (.caffemodel.h5)', PLAIN);
  }
  if (recogniseCaffe(bytes)) {
    throw new ImportError('the weights are a text that describes a network, a .prototxt', {
      file,
      format: 'caffe',
      hint: 'Give the .caffemodel as the weights',
    });
  }
}

function blobOf(raw: RawBlob, { file, where }: { readonly file: string; readonly where: string }): CaffeBlob {
  const shape = raw.shape.length > 0 || !raw.isOld ? raw.shape : raw.old;
  return {
    shape,
    tensor: () => {
      if (raw.isHalf) refuse(file, `half floats in ${where}, as NVIDIA's branch of Caffe stores them`, PLAIN);
      const width = raw.doubles.length > 0 ? 8 : 4;
      const data = joined(width === 8 ? raw.doubles : raw.floats);
      const count = data.length / width;
      if (count !== product(shape)) {
        throw new ImportError(
          `${where} has ${count} numbers, its shape [${shape.join(', ')}] needs ${product(shape)}`,
          {
            file,
            format: 'caffe',
            hint: 'The file is damaged: download or export it again',
          },
        );
      }
      return width === 8
        ? tensorOf('float32', shape, new Float64Array(data.buffer))
        : tensor('float32', shape, new Float32Array(data.buffer));
    },
  };
}

/** Chunks as bytes that lie where elements may. */
function joined(chunks: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const data = new Uint8Array(chunks.reduce((length, chunk) => length + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    data.set(chunk, offset);
    offset += chunk.length;
  }
  return data;
}
