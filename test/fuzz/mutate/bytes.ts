/** Changes of bytes that know nothing of their format. */
import { EXTREMES, type Dice } from '../dice.ts';

/** Makes another input of one. `others` are inputs to take parts from. */
export type Mutator = (input: Uint8Array, dice: Dice, others: readonly Uint8Array[]) => Uint8Array;

/** Longer inputs are cut: faults that need more are not what small files find. */
export const MAX_BYTES = 1 << 16;

/** The parts, one after the other, cut at MAX_BYTES. */
export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(
    Math.min(
      MAX_BYTES,
      parts.reduce((n, p) => n + p.length, 0),
    ),
  );
  let at = 0;
  for (const part of parts) {
    out.set(part.subarray(0, out.length - at), at);
    at = Math.min(out.length, at + part.length);
  }
  return out;
}

/** A range that begins anywhere and is short more often than long. */
function range({ length }: Uint8Array, dice: Dice): [from: number, to: number] {
  const from = dice.int(0, Math.max(0, length - 1));
  return [from, Math.min(length, from + dice.int(1, dice.chance(0.8) ? 8 : Math.max(1, length)))];
}

function changed(input: Uint8Array, change: (copy: Uint8Array) => void): Uint8Array {
  const copy = input.slice();
  if (copy.length > 0) change(copy);
  return copy;
}

const flipBit: Mutator = (input, dice) =>
  changed(input, (copy) => {
    const at = dice.int(0, copy.length - 1);
    copy[at] = (copy[at] ?? 0) ^ (1 << dice.int(0, 7));
  });

const setByte: Mutator = (input, dice) =>
  changed(input, (copy) => {
    copy[dice.int(0, copy.length - 1)] = dice.pick([0, 1, 0x20, 0x7f, 0x80, 0xfe, 0xff, dice.int(0, 255)]);
  });

/** What might be a length or an extent becomes another number. */
const setInteger: Mutator = (input, dice) =>
  changed(input, (copy) => {
    const width = dice.pick([1, 2, 4, 8]);
    if (copy.length < width) return;
    const at = dice.int(0, copy.length - width);
    const view = new DataView(new ArrayBuffer(8));
    view.setBigInt64(0, BigInt(dice.pick(EXTREMES)), true);
    const little = new Uint8Array(view.buffer, 0, width);
    copy.set(dice.chance(0.8) ? little : little.reverse(), at);
  });

const truncate: Mutator = (input, dice) => input.slice(0, dice.int(0, input.length));

const remove: Mutator = (input, dice) => {
  const [from, to] = range(input, dice);
  return join(input.subarray(0, from), input.subarray(to));
};

const repeat: Mutator = (input, dice) => {
  const [from, to] = range(input, dice);
  const times = dice.pick([1, 1, 2, 10, 1000]);
  const part = input.subarray(from, to);
  return join(input.subarray(0, to), ...Array.from({ length: times }, () => part), input.subarray(to));
};

const insert: Mutator = (input, dice) => {
  const at = dice.int(0, input.length);
  return join(input.subarray(0, at), dice.bytes(dice.int(1, 8)), input.subarray(at));
};

const splice: Mutator = (input, dice, others) => {
  if (others.length === 0) return input;
  const other = dice.pick(others);
  return join(input.subarray(0, dice.int(0, input.length)), other.subarray(dice.int(0, other.length)));
};

/** All of them. */
export const BYTE_MUTATORS: readonly Mutator[] = [
  flipBit,
  setByte,
  setInteger,
  truncate,
  remove,
  repeat,
  insert,
  splice,
];
