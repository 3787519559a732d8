/** Reads the frame of a file: operator codes, buffers, signatures, and one of its subgraphs. Every index is checked here. */
import { ImportError } from '../../core/errors.ts';
import { flatRoot, type FlatTable } from '../lib/flatbuffer.ts';
import { BUILTINS, CUSTOM, PLACEHOLDER, SLOT } from './schema.ts';
import { readDeclaration, type TfliteTensor } from './tensor.ts';

/** One use of an operator. Tensors by index; −1 among the inputs marks an absent optional one. */
export interface TfliteOperator {
  /** Its name in the schema; `custom NAME` of one that the file brings its own name for. */
  readonly op: string;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  /** Which table of the union `options` is; 0 where there is none. */
  readonly optionsType: number;
  readonly options: FlatTable | undefined;
  readonly customOptions: Uint8Array;
}

/** A subgraph, which is what runs. */
export interface Subgraph {
  readonly name: string;
  readonly tensors: readonly TfliteTensor[];
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly operators: readonly TfliteOperator[];
}

/** What callers of a subgraph call a tensor of it. */
export interface CalledTensor {
  readonly name: string;
  readonly tensor: number;
}

/** What callers of a subgraph call its inputs and outputs, in no order. */
export interface Signature {
  readonly key: string;
  readonly subgraph: number;
  readonly inputs: readonly CalledTensor[];
  readonly outputs: readonly CalledTensor[];
}

/** The file's frame. */
export interface TfliteModel {
  readonly description: string;
  /** Names of operators by the index that operators give. */
  readonly codes: readonly string[];
  readonly subgraphs: readonly FlatTable[];
  readonly signatures: readonly Signature[];
  /** The elements of constants, and whatever else is bytes; not copied. */
  readonly buffers: readonly Uint8Array[];
  /** Buffers that say something of the model, by name. */
  readonly metadata: ReadonlyMap<string, Uint8Array>;
}

/** The only version of the schema there is in files of this identifier. */
const VERSION = 3;

/** How many times each tensor may leave, taken together. */
const MAX_COPIES = 4;

/** Reads the frame. Throws ImportError on whatever of it does not hold. */
export function readTflite(bytes: Uint8Array, file: string): TfliteModel {
  const root = flatRoot(bytes, file, 'tflite');
  const { version, codes, subgraphs, description, buffers, metadata, signatures } = SLOT.model;
  const found = root.uint32(version);
  if (found !== VERSION) {
    throw new ImportError(`the file is of version ${found} of the TensorFlow Lite schema`, {
      file,
      format: 'tflite',
      hint: `tilewise reads version ${VERSION}: convert the model again`,
    });
  }
  const graphs = root.tables(subgraphs, 'subgraph');
  if (graphs.length === 0) root.fail('has no subgraph');
  const contents = root.tables(buffers, 'buffer').map((buffer) => contentOf(buffer, bytes));
  return {
    description: root.string(description, 'the description'),
    codes: root.tables(codes, 'operator code').map(operatorName),
    subgraphs: graphs,
    signatures: root.tables(signatures, 'signature').map((table) => readSignature(table, graphs.length)),
    buffers: contents,
    metadata: new Map(
      root.tables(metadata, 'metadata').map((entry) => {
        const index = entry.uint32(SLOT.metadata.buffer);
        const content = contents[index] ?? entry.fail(`names buffer ${index} of ${contents.length}`);
        return [entry.string(SLOT.metadata.name, 'a name'), content];
      }),
    ),
  };
}

/** The byte is what files before version 3a have; later ones have a placeholder in it for codes that it cannot hold. */
function operatorName(table: FlatTable): string {
  const code = Math.max(table.int8(SLOT.code.byte), table.int32(SLOT.code.builtin));
  if (code === CUSTOM) return `custom ${table.string(SLOT.code.custom, 'a custom code')}`;
  return code === PLACEHOLDER ? `operator ${code}` : (BUILTINS[code] ?? `operator ${code}`);
}

/** A buffer's bytes; those of large files lie behind the flatbuffer. */
function contentOf(table: FlatTable, file: Uint8Array): Uint8Array {
  const inside = table.bytes(SLOT.buffer.data, 'data');
  const [offset, size] = [table.uint64(SLOT.buffer.offset), table.uint64(SLOT.buffer.size)];
  // An offset of 0 or 1 says that there is none.
  if (inside.length > 0 || offset <= 1) return inside;
  if (offset + size > file.length) table.fail(`lies at ${offset}…${offset + size} of ${file.length} bytes`);
  return file.subarray(offset, offset + size);
}

function readSignature(table: FlatTable, subgraphs: number): Signature {
  const subgraph = table.uint32(SLOT.signature.subgraph);
  if (subgraph >= subgraphs) table.fail(`names subgraph ${subgraph} of ${subgraphs}`);
  const ports = (slot: number, name: string): CalledTensor[] =>
    table.tables(slot, name).map((port) => ({
      name: port.string(SLOT.signaturePort.name, 'a name'),
      tensor: port.uint32(SLOT.signaturePort.tensor),
    }));
  return {
    key: table.string(SLOT.signature.key, 'a key'),
    subgraph,
    inputs: ports(SLOT.signature.inputs, 'signature input'),
    outputs: ports(SLOT.signature.outputs, 'signature output'),
  };
}

/** Reads a subgraph. Throws ImportError on whatever of it does not hold. */
export function readSubgraph({ subgraphs, codes, buffers }: TfliteModel, index: number): Subgraph {
  const table = subgraphs[index];
  if (!table) throw new ImportError(`there is no subgraph ${index}`, { format: 'tflite' });
  const { tensors: slot, inputs, outputs, operators, name } = SLOT.subgraph;
  const tensors = table.tables(slot, 'tensor').map((tensor, i) => readDeclaration(tensor, i, buffers));
  const indices = (from: FlatTable, at: number, what: string, lowest: 0 | -1): number[] => {
    const list = from.ints(at, what);
    const bad = list.find((i) => i < lowest || i >= tensors.length);
    if (bad !== undefined) from.fail(`names tensor ${bad} of ${tensors.length} among ${what}`);
    return list;
  };
  const leaving = indices(table, outputs, 'its outputs', 0);
  // One that leaves again is a copy.
  if (leaving.length > MAX_COPIES * tensors.length)
    table.fail(`has ${leaving.length} outputs of ${tensors.length} tensors`);
  return {
    name: table.string(name, 'a name'),
    tensors,
    inputs: indices(table, inputs, 'its inputs', 0),
    outputs: leaving,
    operators: table.tables(operators, 'operator').map((operator) => {
      const code = operator.uint32(SLOT.operator.code);
      return {
        op: codes[code] ?? operator.fail(`has code ${code} of ${codes.length}`),
        inputs: indices(operator, SLOT.operator.inputs, 'its inputs', -1),
        outputs: indices(operator, SLOT.operator.outputs, 'its outputs', 0),
        optionsType: operator.uint8(SLOT.operator.optionsType),
        options: operator.table(SLOT.operator.options, 'its options'),
        customOptions: operator.bytes(SLOT.operator.custom, 'its custom options'),
      };
    }),
  };
}
