/** SequenceProto, as the data of tests holds lists of tensors. */
import { ProtoReader, type MessageSchema } from '../../src/formats/lib/protobuf.ts';
import { emptyTensor, TENSOR, type TensorProto } from '../../src/formats/onnx/tensor-proto.ts';

const SEQUENCE: MessageSchema<TensorProto[]> = { 3: (tensors, r) => tensors.push(r.message(TENSOR, emptyTensor())) };

/** The tensors of a list. Throws ImportError on bytes that are no such message. */
export function decodeSequence(bytes: Uint8Array, file: string): readonly TensorProto[] {
  return new ProtoReader(bytes, file).root(SEQUENCE, []);
}
