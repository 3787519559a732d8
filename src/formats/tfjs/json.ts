/** Checked access to parsed JSON: every wrong type is an ImportError that says what was expected where. */
import { ImportError } from '../../core/errors.ts';
import { brokenJsonRule } from '../lib/json-scan.ts';
import { own } from '../../util/own.ts';

/** A parsed JSON object whose fields have not been checked. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** True for a JSON object (not null, not an array). */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `value` as an object. `what` names it in the error. */
export function asObject(value: unknown, what: string): JsonObject {
  if (!isObject(value)) throw wrong(what, 'an object', value);
  return value;
}

/** `value` as an array. */
export function asArray(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrong(what, 'an array', value);
  return value;
}

/** `value` as a string. */
export function asString(value: unknown, what: string): string {
  if (typeof value !== 'string') throw wrong(what, 'a string', value);
  return value;
}

/** `value` as a finite number. */
export function asNumber(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw wrong(what, 'a number', value);
  return value;
}

/** `value` as an integer; protobuf's JSON form writes 64-bit integers as strings, which are read too. */
export function asInteger(value: unknown, what: string): number {
  const n = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof n !== 'number' || !Number.isSafeInteger(n)) throw wrong(what, 'an integer', value);
  return n;
}

/** The field `key` of an object, whatever it holds; inherited properties do not count. */
export function field(object: JsonObject, key: string): unknown {
  return own(object, key);
}

/** Deeper than any model is: parts of a model.json are walked, and written again, by recursion. */
const RULES = { depth: 200, uniqueKeys: false };

/** Parses UTF-8 JSON. Throws ImportError naming the file, also for one that is nested too deep. */
export function parseJson(bytes: Uint8Array, file: string): JsonObject {
  const text = new TextDecoder().decode(bytes);
  const broken = brokenJsonRule(text, RULES);
  if (broken !== undefined) throw new ImportError(`of the JSON, ${broken}`, { format: 'tfjs', file });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    // The engine quotes the text around the mistake: line breaks and control characters do not belong in a message.
    const reason = (cause instanceof Error ? cause.message : String(cause)).replace(/[\p{C}\s]+/gu, ' ');
    throw new ImportError(`not valid JSON: ${reason}`, {
      format: 'tfjs',
      file,
      hint: 'The file is incomplete or damaged: download or export it again',
      cause,
    });
  }
  if (!isObject(parsed)) throw new ImportError('the JSON is not an object', { format: 'tfjs', file });
  return parsed;
}

function wrong(what: string, expected: string, value: unknown): ImportError {
  return new ImportError(`${what} must be ${expected}, it is ${shown(value)}`, { format: 'tfjs' });
}

/** A value as text, short; objects are not walked, for they may be of any depth. */
function shown(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (isObject(value)) return 'an object';
  const text = value === undefined ? 'missing' : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
