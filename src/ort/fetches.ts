/** What a run is to give: the overloads of `run`, and tensors that results are written into. */
import { InputError } from '../core/errors.ts';
import { checkRunOptions } from './options.ts';
import { TensorImpl } from './tensor-impl.ts';
import type { AnyTensor } from './tensor-types.ts';

/** For each wanted output the tensor to write it into, or null. */
export type Wanted = ReadonlyMap<string, AnyTensor | null>;

/** Sorts out the overloads of `run`. Throws InputError on arguments of no overload, or names that are no outputs. */
export function readWanted(outputs: readonly string[], first: unknown, second: unknown): Wanted {
  const all: Wanted = new Map(outputs.map((name) => [name, null]));
  if (first === undefined) return all;
  if (typeof first !== 'object' || first === null || TensorImpl.is(first)) {
    throw new InputError('fetches must be the names of outputs, or an object of tensors to write them into');
  }
  if (Array.isArray(first)) {
    checkSessionOptions(second);
    return new Map(namesOf(first, outputs).map((name) => [name, null]));
  }
  // An object with none of the outputs in it is the options of the run.
  const given = outputs.flatMap((name): [string, AnyTensor | null][] => {
    const value: unknown = Object.hasOwn(first, name) ? Reflect.get(first, name) : undefined;
    return value === null || TensorImpl.is(value) ? [[name, value]] : [];
  });
  checkSessionOptions(given.length > 0 ? second : first);
  return given.length > 0 ? new Map(given) : all;
}

function namesOf(fetches: readonly unknown[], outputs: readonly string[]): string[] {
  const known = `the outputs are ${outputs.map((name) => `"${name}"`).join(', ')}`;
  if (fetches.length === 0) throw new InputError(`no output is asked for; ${known}`);
  return fetches.map((name) => {
    if (typeof name === 'string' && outputs.includes(name)) return name;
    throw new InputError(`"${String(name)}" is not an output; ${known}`);
  });
}

function checkSessionOptions(options: unknown): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null) throw new InputError('the options of a run must be an object');
  checkRunOptions(options);
}

/** Throws InputError unless `target` has the result's type and extents. */
export function requireSame(name: string, target: AnyTensor, type: string, shape: readonly number[]): void {
  const same = target.dims.length === shape.length && shape.every((extent, i) => extent === target.dims[i]);
  if (same && target.type === type) return;
  throw new InputError(
    `output "${name}" is ${type} [${shape.join(', ')}], the tensor given for it ${target.type} [${target.dims.join(', ')}]`,
    { hint: 'Give one of that type and shape, or null' },
  );
}
