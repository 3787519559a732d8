/** Changes of JSON: values at their ends or of another kind, keys that objects inherit, parts twice, gone, elsewhere, nested. */
import { EXTREMES, type Dice } from '../dice.ts';

const utf8 = new TextEncoder();

/** A place in a document: a key of an object or an index of an array. */
interface Place {
  readonly holder: Record<string, unknown>;
  readonly key: string;
}

/** Changes one place of a JSON text; text that is no JSON stays as it is. */
export function mutateJson(text: string, dice: Dice): string {
  let root: unknown;
  try {
    root = JSON.parse(text);
  } catch {
    return text;
  }
  const all = places(root);
  if (all.length === 0) return text;
  const { holder, key } = dice.pick(all);
  try {
    change(holder, key, dice, all);
    return JSON.stringify(root);
  } catch (error) {
    // What several changes have nested is too deep to be copied or written.
    if (error instanceof RangeError) return text;
    throw error;
  }
}

/** Deeper places are left as they are. */
const MAX_DEPTH = 60;

function places(value: unknown, depth = 0): Place[] {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((key) => [{ holder, key }, ...places(holder[key], depth + 1)]);
}

function change(holder: Record<string, unknown>, key: string, dice: Dice, all: readonly Place[]): void {
  const other = dice.pick(all);
  const kind = dice.int(0, 7);
  if (kind === 0 && Array.isArray(holder)) holder.splice(Number(key), 1);
  else if (kind === 0) delete holder[key];
  else if (kind === 1) again(holder, key, dice);
  else if (kind === 2) holder[key] = structuredClone(other.holder[other.key]);
  else if (kind === 3) define(holder, dice.pick(['__proto__', 'constructor', 'toString', other.key]), holder[key]);
  else if (kind === 4) holder[key] = nested(holder[key], dice.pick([1, 1, 2, 50, 3000]), dice.chance(0.5));
  else holder[key] = instead(holder[key], dice);
}

/** Assigning `__proto__` would set the prototype. */
function define(holder: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

function again(holder: Record<string, unknown>, key: string, dice: Dice): void {
  const times = dice.pick([1, 2, 20, 1000]);
  const value = structuredClone(holder[key]);
  if (Array.isArray(holder)) holder.splice(Number(key), 0, ...Array.from({ length: times }, () => value));
  else holder[key] = Array.from({ length: times }, () => value);
}

function nested(value: unknown, depth: number, inArrays: boolean): unknown {
  let all = value;
  for (let i = 0; i < depth; i++) all = inArrays ? [all] : { config: all };
  return all;
}

function instead(value: unknown, dice: Dice): unknown {
  if (typeof value === 'number' && dice.chance(0.7))
    return dice.chance(0.5) ? dice.pick(EXTREMES) : value + dice.int(-2, 2);
  if (typeof value === 'string' && dice.chance(0.5)) return String(dice.pick(EXTREMES));
  return dice.pick<unknown>([
    null,
    true,
    false,
    0,
    -1,
    0.5,
    1e308,
    '',
    'NaN',
    '\u001b[2J\u202e',
    [],
    {},
    [[]],
    [null],
    'x'.repeat(5000),
  ]);
}

/** A JSON text and the bytes of another file, as one input: the length of the text, the text, the bytes. */
export function packJson(text: string, data: Uint8Array): Uint8Array {
  const json = utf8.encode(text);
  const out = new Uint8Array(4 + json.length + data.length);
  new DataView(out.buffer).setUint32(0, json.length, true);
  out.set(json, 4);
  out.set(data, 4 + json.length);
  return out;
}

/** What was packed, whatever the bytes. */
export function unpackJson(input: Uint8Array): { readonly json: Uint8Array; readonly data: Uint8Array } {
  const length = input.length < 4 ? 0 : new DataView(input.buffer, input.byteOffset).getUint32(0, true);
  return { json: input.subarray(4, 4 + length), data: input.subarray(4 + length) };
}
