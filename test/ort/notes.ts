/** Compares what the script wrote on two runtimes. */
import { expect } from 'vitest';
import { compareTensors } from '../../src/core/compare.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import type { Note } from './script.ts';

/** Throws unless both wrote the same notes, numbers within `tolerance`. */
export function compareNotes(actual: readonly Note[], expected: readonly Note[], tolerance: number): void {
  expect(actual.map(({ what, type, dims }) => ({ what, type, dims }))).toEqual(
    expected.map(({ what, type, dims }) => ({ what, type, dims })),
  );
  actual.forEach((note, i) => {
    const [a, e] = [note, expected[i]].map((n) => tensorOf('float32', [n?.numbers.length ?? 0], n?.numbers ?? []));
    if (!a || !e) throw new Error(`${note.what} is missing`);
    const report = compareTensors(a, e, { rtol: tolerance, atol: tolerance });
    expect(report.ok, `${note.what}: ${report.text}`).toBe(true);
  });
}
