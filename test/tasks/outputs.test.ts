/** What a model is for, and which of its outputs holds the scores or the boxes. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/core/errors.ts';
import type { Port } from '../../src/session/feeds.ts';
import { LabelsError, scoresOutput, taskOf } from '../../src/tasks/outputs.ts';

const port = (...shape: (number | string)[]): Port => ({ name: shape.join('x'), dtype: 'float32', shape });
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `class ${i}`);

describe('taskOf', () => {
  it.each([
    ['channels first, a vector', [port(1, 3, 224, 224)], [port(1, 1000)], 'classification'],
    ['channels last, a map of one pixel', [port('batch', 299, 299, 3)], [port(1, 1, 1, 5)], 'classification'],
    ['an auxiliary vector beside it', [port(1, 3, 299, 299)], [port(1, 1000), port(1, 1000)], 'classification'],
    ['rows of boxes', [port(1, 512, 512, 3)], [port(1, 128, 128, 80), port(1, 100, 6)], 'detection'],
    ['vectors and maps', [port(1, 256, 256, 3)], [port(1, 512, 1), port(1, 512, 16)], 'other'],
    ['vectors of several lengths', [port(1, 3, 64, 64)], [port(1, 2), port(1, 101)], 'other'],
    ['no picture', [port(1, 128)], [port(1, 10)], 'other'],
    ['four channels', [port(1, 4, 64, 64)], [port(1, 10)], 'other'],
    ['two inputs', [port(1, 3, 64, 64), port(1)], [port(1, 10)], 'other'],
    ['one number', [port(1, 3, 64, 64)], [port(1, 1)], 'other'],
    ['a batch', [port(2, 3, 64, 64)], [port(2, 10)], 'other'],
    ['no output', [port(1, 3, 64, 64)], [], 'other'],
  ] as const)('%s', (_, inputs, outputs, task) => {
    expect(taskOf({ inputs, outputs })).toBe(task);
  });
});

describe('scoresOutput', () => {
  it('is the only vector, or the first of those that are alike', () => {
    expect(scoresOutput([port(1, 5)])).toBe('1x5');
    expect(scoresOutput([port(1, 5), port(5)])).toBe('1x5');
  });

  it('with labels, is the vector with as many elements, whatever else there is', () => {
    expect(scoresOutput([port(1, 7, 7, 8), port(1, 2), port(1, 1, 1, 5)], names(5))).toBe('1x1x1x5');
    expect(scoresOutput([port(1, 1)], names(1))).toBe('1x1');
  });

  it.each([
    ['a detector with scores of boxes', [port(1, 100, 4), port(1, 100)]],
    ['maps', [port(1, 22, 22, 85)]],
    ['vectors of several lengths', [port(1, 2), port(1, 101)]],
    ['one number', [port(1, 1)]],
    ['a detector as FastestDet', [port(1, 85, 22, 22)]],
    ['boxes', [port(1, 100, 6)]],
    ['a detector’s rows, flattened', [port(1, 3549 * 85)]],
    ['indices', [{ ...port(1, 10), dtype: 'int64' as const }]],
  ])('refuses %s, and names the outputs', (_, outputs) => {
    for (const { name } of outputs) expect(() => scoresOutput(outputs)).toThrow(`"${name}" ${name}`);
    expect(() => scoresOutput(outputs)).toThrow(InputError);
  });

  it('says what the outputs look like, and what to use', () => {
    expect(() => scoresOutput([port(1, 4420, 2), port(1, 4420, 4)])).toThrow('but rows of numbers, as detectors give');
    expect(() => scoresOutput([port(1, 85, 22, 22)])).toThrow('but maps, as detectors and segmenters give');
    expect(() => scoresOutput([port(1, 100, 6)])).toThrow('but rows of boxes: "1x100x6" 1x100x6. Use createDetector');
  });

  it('never takes a tensor for scores that merely has as many elements as there are labels', () => {
    expect(() => scoresOutput([port(1, 2, 3)], names(6))).toThrow(LabelsError);
    expect(() => scoresOutput([port(1, 4)], names(2))).toThrow(
      'there are 2 labels, and no output holds 2 scores; the outputs are "1x4" 1x4',
    );
  });
});
