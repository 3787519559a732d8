/** What recurrent operators share: shapes, and which inputs are parameters. */
import { ShapeError } from '../../core/errors.ts';
import { elementCount, shapeText, type TensorDesc } from '../../core/tensor.ts';
import type { Recurrent } from '../../ir/ops.ts';
import { at, product, sameArray } from '../../util/arrays.ts';
import type { InputDescs, Operand, Operands, Parameter } from '../definition.ts';
import { operand, requireFloat } from './operands.ts';

/** The extents of a recurrent node. */
export interface RecurrentExtents {
  readonly steps: number;
  readonly batch: number;
  readonly inputs: number;
  readonly directions: number;
  readonly units: number;
}

/** How many directions a node has. */
export function directionsOf({ direction }: Recurrent): number {
  return direction === 'bidirectional' ? 2 : 1;
}

/** True of the directions that run backwards. */
export function isBackward({ direction }: Recurrent, index: number): boolean {
  return direction === 'reverse' || index === 1;
}

/** The extents of a node of a cell with so many gates, from x and r. */
export function recurrentExtents(attributes: Recurrent, inputs: InputDescs): RecurrentExtents {
  const [steps = 0, batch = 0, width = 0] = inputs[0]?.shape ?? [];
  const units = inputs[2]?.shape.at(-1) ?? 0;
  return { steps, batch, inputs: width, directions: directionsOf(attributes), units };
}

/** What tells one cell from another. */
export interface RecurrentCell {
  readonly gates: number;
  /** Functions of one direction. */
  readonly functions: number;
  /** States beside h. */
  readonly cells: 0 | 1;
  readonly op: string;
}

/** Throws ShapeError where an input does not fit the others; the descriptions of y and the states. */
export function inferRecurrent(attributes: Recurrent, inputs: Operands, cell: RecurrentCell): TensorDesc[] {
  const x = operand(inputs, 0);
  const [w, r] = [operand(inputs, 1), operand(inputs, 2)];
  requireFloat(x, cell.op);
  if (x.shape.length !== 3 || r.shape.length !== 3) {
    throw new ShapeError(`x ${shapeText(x.shape)} and r ${shapeText(r.shape)} must have three dimensions`);
  }
  const { steps, batch, inputs: width, directions, units } = recurrentExtents(attributes, inputs);
  const rows = cell.gates * units;
  const state = [directions, batch, units];
  if (attributes.functions.length !== directions * cell.functions) {
    const wanted = directions * cell.functions;
    throw new ShapeError(`${attributes.functions.length} functions are given, ${cell.op} needs ${wanted}`);
  }
  const check = (name: string, found: Operand | undefined, shape: readonly number[], dtype = x.dtype): void => {
    if (!found) return;
    if (found.dtype !== dtype) throw new ShapeError(`${name} is ${found.dtype}, not ${dtype}`);
    if (sameArray(found.shape, shape)) return;
    throw new ShapeError(`${name} is ${shapeText(found.shape)}, ${shapeText(shape)} is needed`);
  };
  check('w', w, [directions, rows, width]);
  check('r', r, [directions, rows, units]);
  check('b', inputs[3], [directions, 2 * rows]);
  check('lengths', inputs[4], [batch], 'int32');
  checkLengths(inputs[4], steps);
  check('h', inputs[5], state);
  if (cell.cells === 1) {
    check('c', inputs[6], state);
    check('p', inputs[7], [directions, 3 * units]);
  }
  const y = [steps, directions, batch, units];
  elementCount(y);
  const { dtype } = x;
  return [{ dtype, shape: y }, { dtype, shape: state }, ...(cell.cells === 1 ? [{ dtype, shape: state }] : [])];
}

/** Lengths that only a run knows are taken to be the nearest that a sequence may have. */
function checkLengths(lengths: Operand | undefined, steps: number): void {
  const wrong = lengths?.value?.data.find((length) => length < 0 || length > steps);
  if (wrong !== undefined) throw new ShapeError(`a sequence of ${steps} steps cannot have ${wrong}`);
}

/** Multiply-adds of both products of all steps. */
export function recurrentMultiplyAdds(attributes: Recurrent, inputs: InputDescs, gates: number): number {
  const { steps, batch, inputs: width, directions, units } = recurrentExtents(attributes, inputs);
  return product([steps, batch, directions, gates, units, width + units]);
}

/** The weights; gates are no channels of the result. */
export const RECURRENT_PARAMETERS: readonly Parameter[] = [
  { slot: 1, role: 'weight' },
  { slot: 2, role: 'weight' },
  { slot: 3, role: 'bias' },
];

/** Those, and peepholes. */
export const LSTM_PARAMETERS: readonly Parameter[] = [...RECURRENT_PARAMETERS, { slot: 7, role: 'scale' }];

/** How many steps a sequence of this length has. */
export function stepsWithin(lengths: ArrayLike<number> | undefined, index: number, steps: number): number {
  return lengths ? Math.min(Math.max(0, at(lengths, index)), steps) : steps;
}
