/** What a row of the operator table is: how one ONNX operator becomes graph nodes. */
import type { OnnxNode } from '../node.ts';

/** Emits the graph nodes of one ONNX node. Throws UnsupportedError (`n.refuse`) or ImportError (`n.fail`). */
export type OpImport = (n: OnnxNode) => void;

/** Rows by ONNX operator name. */
export type OpTable = Readonly<Record<string, OpImport>>;
