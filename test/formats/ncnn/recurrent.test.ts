/** Recurrent layers of ncnn against plain loops that follow its rules. */
import { describe, expect, it } from 'vitest';
import { tensorOf, type Tensor } from '../../../src/core/tensor.ts';
import { range } from '../../../src/util/arrays.ts';
import { expectClose } from '../../helpers/close.ts';
import { runLayer } from '../../helpers/ncnn-net.ts';
import { plainRecurrent, type PlainCell } from '../../helpers/ncnn-recurrent.ts';
import { randomSource, randomTensor } from '../../helpers/random.ts';

const random = randomSource(21);
const CLOSE = { rtol: 1e-5, atol: 1e-6 };
const GATES = { LSTM: 4, GRU: 3, RNN: 1 } as const;
const [UNITS, WIDTH, STEPS] = [5, 3, 6];
type CellType = keyof typeof GATES;

const blob = (...shape: number[]): Tensor => randomTensor('float32', shape, random);
const numbers = (count: number): number[] => [...blob(count).data];
const TYPES = ['LSTM', 'GRU', 'RNN'] as const;

function cellOf(type: CellType): PlainCell {
  const gates = GATES[type];
  return {
    type,
    units: UNITS,
    width: WIDTH,
    inputs: numbers(gates * UNITS * WIDTH),
    bias: numbers((type === 'GRU' ? 4 : gates) * UNITS),
    states: numbers(gates * UNITS * UNITS),
  };
}

/** Blobs of cells in the file: of all directions the inputs, then the biases, then the states. */
function blobsOf(cells: readonly PlainCell[]) {
  return (['inputs', 'bias', 'states'] as const).map((what) => ({ flagged: cells.flatMap((cell) => cell[what]) }));
}

const params = (type: CellType, direction: number): string =>
  `0=${UNITS} 1=${GATES[type] * UNITS * WIDTH * (direction === 2 ? 2 : 1)} 2=${direction}`;

const rowsOf = (x: Tensor, image = 0): number[][] =>
  range(STEPS).map((t) => range(WIDTH).map((i) => x.data[(image * STEPS + t) * WIDTH + i] ?? 0));

describe.each(TYPES)('%s', (type) => {
  it.each([0, 1])('direction %d, of two images', async (direction) => {
    const cell = cellOf(type);
    const x = blob(2, STEPS, WIDTH);
    const [got] = await runLayer(type, params(type, direction), [x], { blobs: blobsOf([cell]) });
    const expected = [0, 1].flatMap((i) => plainRecurrent(cell, rowsOf(x, i), direction === 1).rows.flat());
    expectClose(got ?? x, tensorOf('float32', [2, STEPS, UNITS], expected), CLOSE);
  });

  it('both directions, with states that enter and leave', async () => {
    const cells = [cellOf(type), cellOf(type)];
    const x = blob(1, STEPS, WIDTH);
    const states = range(type === 'LSTM' ? 2 : 1).map(() => blob(1, 2, UNITS));
    const half = (t: Tensor | undefined, d: number): number[] => [...(t?.data ?? [])].slice(d * UNITS, (d + 1) * UNITS);
    const both = cells.map((cell, d) => {
      const first = { h: half(states[0], d), c: half(states[1], d) };
      return plainRecurrent(cell, rowsOf(x), d === 1, first);
    });
    const outputs = states.length + 1;
    const got = await runLayer(type, params(type, 2), [x, ...states], { blobs: blobsOf(cells), outputs });
    const rows = range(STEPS).flatMap((t) => both.flatMap((one) => one.rows[t] ?? []));
    expectClose(got[0] ?? x, tensorOf('float32', [1, STEPS, 2 * UNITS], rows), CLOSE);
    for (const [i, name] of (['h', 'c'] as const).slice(0, states.length).entries()) {
      const last = both.flatMap((one) => one.last[name]);
      expectClose(got[i + 1] ?? x, tensorOf('float32', [1, 2, UNITS], last), CLOSE);
    }
  });
});

it('refuses projected states and weights of 8 bits by name', async () => {
  const blobs = blobsOf([cellOf('LSTM')]);
  const x = blob(1, STEPS, WIDTH);
  await expect(runLayer('LSTM', `${params('LSTM', 0)} 3=7`, [x], { blobs })).rejects.toThrow('projected');
  await expect(runLayer('GRU', `${params('GRU', 0)} 8=2`, [x], { blobs })).rejects.toThrow('weights of 8 bits');
});
