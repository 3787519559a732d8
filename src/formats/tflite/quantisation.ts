/** Quantisation parameters of a tensor: its integers q mean `(q − zero point)·scale`. */
import type { Shape } from '../../core/tensor.ts';
import { product } from '../../util/arrays.ts';
import type { FlatTable } from '../lib/flatbuffer.ts';
import { SLOT, type TypeName } from './schema.ts';

/** What the integers of a tensor mean: one scale for all of them, or one for each position of `axis`. */
export interface Quantisation {
  readonly scales: readonly number[];
  /** As many as there are scales. */
  readonly zeroPoints: readonly number[];
  readonly axis: number;
  /** What kind of parameters it is that the engine does not know, instead of all these: by blocks, of several axes. */
  readonly unknown?: string;
}

/** The integers that can be quantised, with what they range over. */
const RANGES: { readonly [T in TypeName]?: readonly [low: number, high: number] } = {
  int2: [-2, 1],
  int4: [-8, 7],
  uint4: [0, 15],
  int8: [-128, 127],
  uint8: [0, 255],
  int16: [-32768, 32767],
  uint16: [0, 65535],
  int32: [-(2 ** 31), 2 ** 31 - 1],
};

/** Other ways to say what integers mean, by their place in the union. */
const DETAILS = ['', 'custom quantisation', 'quantisation by blocks', 'quantisation along several axes'];

/** What is quantised. */
export interface Quantised {
  readonly type: TypeName;
  readonly shape: Shape;
  /** The bytes of a constant; none of what is computed. */
  readonly elements: Uint8Array;
  readonly fail: (what: string) => never;
}

/**
 * Reads the parameters; undefined where they say nothing of the elements: ranges that training saw, say, or of floats. Calls
 * `fail` on a scale that is none, a zero point outside the type, an axis outside the shape, and on lists that do not fit it.
 */
export function readQuantisation(table: FlatTable, quantised: Quantised): Quantisation | undefined {
  const slot = SLOT.quantisation;
  const { type, shape, fail } = quantised;
  const range = RANGES[type];
  if (!range) return undefined;
  const details = table.uint8(slot.detailsType);
  if (details !== 0) {
    return { scales: [], zeroPoints: [], axis: 0, unknown: DETAILS[details] ?? `quantisation of kind ${details}` };
  }
  const scales = table.floats(slot.scale, 'its scales');
  const given = table.longs(slot.zeroPoint, 'its zero points');
  if (scales.length === 0) return undefined;
  const axis = table.int32(slot.axis);
  if (scales.length > 1) {
    if (axis < 0 || axis >= shape.length) fail(`is quantised along axis ${axis} of ${shape.length}`);
    if (scales.length !== shape[axis]) {
      fail(`has ${scales.length} scales along axis ${axis}, whose extent is ${shape[axis]}`);
    }
  }
  if (given.length > 1 && given.length !== scales.length) {
    fail(`has ${given.length} zero points for ${scales.length} scales`);
  }
  const [first] = given;
  const zeroPoints = scales.map((_, i) => (given.length === 1 ? first : given[i]) ?? 0);
  const outside = zeroPoints.find((zero) => zero < range[0] || zero > range[1]);
  if (outside !== undefined) fail(`has a zero point of ${outside}, which is no ${type}`);
  const parameters = { scales, zeroPoints, axis: scales.length > 1 ? axis : 0 };
  return scales.every(isScale) ? parameters : withoutDead(table, parameters, quantised);
}

function isScale(scale: number): boolean {
  return scale > 0 && scale < Infinity;
}

/**
 * Converters write 0, or infinity, for channels whose weights are all zero, and for their biases: there it is 0, which
 * computes no other number than any scale would. Anywhere else it is damage.
 */
function withoutDead(
  table: FlatTable,
  { scales, zeroPoints, axis }: Quantisation,
  { type, shape, elements, fail }: Quantised,
): Quantisation {
  const inner = product(shape.slice(axis + 1));
  const isByte = type === 'int8' || type === 'uint8';
  const channelOf = (i: number): number => (scales.length === 1 ? 0 : Math.floor(i / inner) % scales.length);
  table.count(elements.length);
  const alive = scales.map((scale) => !isScale(scale) && elements.length === 0);
  elements.forEach((byte, i) => {
    const channel = isByte ? channelOf(i) : 0;
    if (byte !== ((zeroPoints[channel] ?? 0) & 0xff)) alive[channel] = true;
  });
  const bad = scales.findIndex((scale, i) => !isScale(scale) && (isByte ? alive[i] : alive[0]));
  // What a bias is multiplied with follows from the other scales.
  if (bad >= 0 && type !== 'int32') fail(`has a quantisation scale of ${scales[bad]}`);
  return { scales: scales.map((scale) => (isScale(scale) ? scale : 0)), zeroPoints, axis };
}
