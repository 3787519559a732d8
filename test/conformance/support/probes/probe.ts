/** A probe: a small node of one operator, on operands of an element type, as an opset has it. */
import type { DType } from '../../../../src/core/dtype.ts';
import { tensorOf, type Tensor } from '../../../../src/core/tensor.ts';
import type { OnnxNode } from '../../../helpers/onnx-bytes.ts';

/** One node: its inputs are those that are fed, then those that the file holds; an undefined one is left out. */
export interface Probe {
  readonly inputs: Readonly<Record<string, Tensor | undefined>>;
  readonly constants?: Readonly<Record<string, Tensor | undefined>>;
  readonly attributes?: OnnxNode['attributes'];
  /** Names of the outputs, `y` where absent. */
  readonly outputs?: readonly string[];
  /** Names of the node's inputs, where they are not those of `inputs` and `constants`. */
  readonly given?: string;
  /** What the model is fed beside, for the nodes around and for bodies. */
  readonly extra?: Readonly<Record<string, Tensor>>;
  /** Nodes around that make what the node takes, or take what it makes. */
  readonly before?: readonly OnnxNode[];
  readonly after?: readonly OnnxNode[];
  /** Results of the model, where they are not the node's outputs. */
  readonly results?: readonly string[];
}

/** The probe of an operator. */
export type ProbeOf = (dtype: DType, opset: number) => Probe;

/** Probes by operator. */
export type Probes = Readonly<Record<string, ProbeOf>>;

/** Small positive numbers. */
export function some(dtype: DType, ...shape: number[]): Tensor {
  const count = shape.reduce((n, d) => n * d, 1);
  return tensorOf(
    dtype,
    shape,
    Array.from({ length: count }, (_, i) => (dtype === 'bool' ? i % 2 : 1 + (i % 5))),
  );
}

/** A list of int64. */
export function ints(...values: number[]): Tensor {
  return tensorOf('int64', [values.length], values);
}

/** One number. */
export function lone(dtype: DType, value: number): Tensor {
  return tensorOf(dtype, [], [value]);
}

/** An attribute of integers. */
export function list(...values: number[]): { ints: number[] } {
  return { ints: values };
}

/** An operator of one operand. */
export function unary(attributes: OnnxNode['attributes'] = {}): ProbeOf {
  return (t) => ({ inputs: { x: some(t, 2, 3) }, attributes });
}

/** An operator of two operands of one type; before opset 7 they have to be told to broadcast. */
export function binary(attributes: OnnxNode['attributes'] = {}): ProbeOf {
  return (t) => ({ inputs: { a: some(t, 2, 3), b: some(t, 2, 3) }, attributes });
}
