/** Parses what stands on the command line: shapes, named shapes, `NAME=FILE[:SHAPE]`, numbers. */
import { existsSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { InputError } from '../core/errors.ts';
import { shapeText, type Shape } from '../core/tensor.ts';
import type { GraphInput, InputShapes } from '../ir/graph.ts';

const SHAPE = /^(?:scalar|\d+(?:x\d+)*)$/;

/** `1x3x224x224` as numbers, `scalar` as `[]`. Throws InputError on anything else. */
export function parseShape(text: string): Shape {
  if (!SHAPE.test(text)) {
    throw new InputError(`"${text}" is not a shape`, { hint: 'Write extents with x between them, as in 1x3x224x224.' });
  }
  return text === 'scalar' ? [] : text.split('x').map(Number);
}

/** A positive integer option, for commander. */
export function parseCount(text: string): number {
  const n = Number(text);
  if (!Number.isSafeInteger(n) || n < 1) throw new InvalidArgumentError('It must be a positive integer.');
  return n;
}

/** A seed: an integer in [0, 2³²). */
export function parseSeed(text: string): number {
  const n = Number(text);
  if (!Number.isInteger(n) || n < 0 || n >= 2 ** 32) throw new InvalidArgumentError('It must be an integer from 0.');
  return n;
}

/** One number for all channels, or one a channel with commas between. */
export function parseNumbers(text: string): number[] {
  const values = text.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)));
  if (values.some((v) => !Number.isFinite(v))) {
    throw new InvalidArgumentError('It must be numbers with commas between, as in 0.485,0.456,0.406.');
  }
  return values;
}

/** Collects a repeatable option. */
export function collect(value: string, earlier: readonly string[] | undefined): string[] {
  return [...(earlier ?? []), value];
}

/**
 * `--input-shape NAME=SHAPE` (or SHAPE alone where the model has one input) as shapes by input name. Names may contain
 * `=`, `:` and `/`. Throws InputError on a name that the model does not have.
 */
export function parseInputShapes(specs: readonly string[], inputs: readonly GraphInput[]): InputShapes {
  const shapes = new Map<string, Shape>();
  for (const spec of specs) {
    const { name, rest } = splitName(spec, inputs, (text) => SHAPE.test(text));
    shapes.set(name, parseShape(rest));
  }
  return Object.fromEntries(shapes);
}

/**
 * The shapes of `NAME=SHAPE` and `NAME=FILE:SHAPE` before a model is read, for one that does not say the ranks of its inputs:
 * by everything that may be the name.
 */
export function shapesByName(specs: readonly string[]): InputShapes {
  const shapes = new Map<string, Shape>();
  for (const spec of specs) {
    const tail = spec.slice(Math.max(spec.lastIndexOf('='), spec.lastIndexOf(':')) + 1);
    if (!SHAPE.test(tail)) continue;
    for (let at = spec.indexOf('='); at > 0; at = spec.indexOf('=', at + 1))
      shapes.set(spec.slice(0, at), parseShape(tail));
  }
  return Object.fromEntries(shapes);
}

/** A tensor file for one input, with the shape that was written behind it, if any. */
export interface FeedSpec {
  readonly name: string;
  readonly file: string;
  readonly shape: Shape | undefined;
}

/**
 * `NAME=FILE[:SHAPE]`; NAME may be left out where the model has one input. Names are matched against the model's own,
 * so names and paths may contain `=`, `:` and `/`. What follows the last colon is a shape when it reads like one,
 * unless a file of the whole name exists.
 */
export function parseFeed(spec: string, inputs: readonly GraphInput[]): FeedSpec {
  const { name, rest } = splitName(spec, inputs, (text) => existsSync(splitShape(text).file));
  return { name, ...splitShape(rest) };
}

function splitShape(text: string): { file: string; shape: Shape | undefined } {
  const colon = text.lastIndexOf(':');
  const tail = text.slice(colon + 1);
  const file = text.slice(0, colon);
  if (colon <= 0 || !SHAPE.test(tail) || (existsSync(text) && !existsSync(file)))
    return { file: text, shape: undefined };
  return { file, shape: parseShape(tail) };
}

/** Finds the longest input name that `spec` begins with; failing that, takes all of it for the only input. */
function splitName(
  spec: string,
  inputs: readonly GraphInput[],
  isValue: (text: string) => boolean,
): { name: string; rest: string } {
  const named = inputs.filter((i) => spec.startsWith(`${i.name}=`)).sort((a, b) => b.name.length - a.name.length)[0];
  if (named) return { name: named.name, rest: spec.slice(named.name.length + 1) };
  const [only] = inputs;
  if (only && inputs.length === 1 && (isValue(spec) || !spec.includes('='))) return { name: only.name, rest: spec };
  const list = inputs.map((i) => `"${i.name}" (${i.dtype} ${shapeText(i.shape)})`).join(', ');
  const written = spec.includes('=')
    ? `the model has no input "${spec.slice(0, spec.indexOf('='))}"`
    : `"${spec}" names no input`;
  throw new InputError(written, { hint: `Its inputs are ${list || 'none'}; write NAME=VALUE.` });
}

/** A number from 0 to 1. Throws InvalidArgumentError for anything else. */
export function parseShare(text: string): number {
  const share = text.trim() === '' ? NaN : Number(text);
  if (!(share >= 0 && share <= 1)) throw new InvalidArgumentError('It must be a number from 0 to 1.');
  return share;
}
