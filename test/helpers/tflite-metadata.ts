/** The metadata of a TensorFlow Lite file, and an archive behind it, as MediaPipe's and TensorFlow's tools write them. */
import { deflateRawSync } from 'node:zlib';
import { Builder } from 'flatbuffers';
import { floats, offsets, tableOf } from '../../src/formats/tflite/write/flatbuffer.ts';

/** What the metadata of a model of one input and one output says. */
export interface Described {
  readonly name?: string;
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
  /** The file that names the classes of the output. */
  readonly labels?: string;
}

/** The bytes of a TFLITE_METADATA buffer. */
export function encodeMetadata({ name = '', mean = [], std = [], labels }: Described): Uint8Array {
  const b = new Builder(256);
  const [means, deviations] = [floats(b, mean), floats(b, std)];
  const options = tableOf(b, 2, () => {
    b.addFieldOffset(0, means, 0);
    b.addFieldOffset(1, deviations, 0);
  });
  const unit = tableOf(b, 2, () => {
    b.addFieldInt8(0, 1, 0);
    b.addFieldOffset(1, options, 0);
  });
  const units = offsets(b, [unit]);
  const input = tableOf(b, 7, () => b.addFieldOffset(4, units, 0));
  const path = b.createString(labels ?? '');
  const file = tableOf(b, 4, () => {
    b.addFieldOffset(0, path, 0);
    b.addFieldInt8(2, 2, 0);
  });
  const files = offsets(b, labels === undefined ? [] : [file]);
  const output = tableOf(b, 7, () => b.addFieldOffset(6, files, 0));
  const [inputs, outputs] = [offsets(b, [input]), offsets(b, [output])];
  const subgraph = tableOf(b, 5, () => {
    b.addFieldOffset(2, inputs, 0);
    b.addFieldOffset(3, outputs, 0);
  });
  const [subgraphs, title] = [offsets(b, [subgraph]), b.createString(name)];
  const root = tableOf(b, 8, () => {
    b.addFieldOffset(0, title, 0);
    b.addFieldOffset(3, subgraphs, 0);
  });
  b.finish(root, 'M001');
  return b.asUint8Array().slice();
}

/** A model with an archive of one file behind it. */
export function withArchive(model: Uint8Array, name: string, content: string, deflate = false): Uint8Array {
  const [title, data] = [Buffer.from(name), Buffer.from(content)];
  const packed = deflate ? deflateRawSync(data) : data;
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(deflate ? 8 : 0, 4);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(data.length, 18);
  common.writeUInt16LE(title.length, 22);
  const local = Buffer.concat([Buffer.from('PK\u0003\u0004', 'latin1'), common, title, packed]);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(model.length, 10);
  const entry = Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\0', 'latin1'), common, rest, title]);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(model.length + local.length, 16);
  return new Uint8Array(Buffer.concat([model, local, entry, end]));
}
