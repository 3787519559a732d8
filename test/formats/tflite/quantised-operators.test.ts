/**
 * Operators on quantised integers beside LiteRT.js, which files open to be equal to: random files of one operator, real
 * numbers at their border, which stand for integers. Every result is the same integer.
 */
import { afterAll, describe, expect, it } from 'vitest';
import { TFLITE_OPERATORS } from '../../../src/formats/tflite/operators.ts';
import { encodeTflite } from '../../../src/formats/tflite/write/encode.ts';
import { randomSource } from '../../../src/util/random.ts';
import { range } from '../../../src/util/arrays.ts';
import { Dice } from '../../fuzz/dice.ts';
import { FULL } from '../../helpers/full.ts';
import { Litert } from '../../helpers/litert-oracle.ts';
import { borderedFeeds, borderedModel } from '../../helpers/tflite-bordered.ts';
import { importTflite, runTflite } from '../../helpers/tflite-models.ts';
import { QUANTISED_DRAWS } from './quantised-cases.ts';

const SEEDS = FULL ? 50 : 4;

const litert = new Litert();
afterAll(() => litert[Symbol.dispose]());

describe.each(Object.entries(QUANTISED_DRAWS))('%s', (name, draw) => {
  const [op = ''] = name.split(' ');
  it.each(range(SEEDS))('seed %i', async (seed) => {
    const one = { op, ...draw(new Dice(randomSource(1 + seed * 7919))) };
    const file = encodeTflite(borderedModel(one));
    const feeds = borderedFeeds(one);
    const ours = runTflite(await importTflite(file), feeds);
    const theirs = await litert.run(file, feeds);
    expect(ours.map(({ data }) => Array.from(data))).toEqual(theirs.map(({ data }) => Array.from(data)));
  });
});

/** Rows that files open with, but LiteRT.js has no such operator, or none of the version that the writer gives. */
const NOT_ASKED = ['BROADCAST_TO', 'FILL', 'ONE_HOT', 'RANK', 'SHAPE', 'DEQUANTIZE'];

it('has draws for every row', async () => {
  const rows = Object.keys(await TFLITE_OPERATORS.further.load()).flatMap((op) => op.split('quantised ')[1] ?? []);
  expect(rows.filter((op) => !(op in QUANTISED_DRAWS) && !NOT_ASKED.includes(op))).toEqual([]);
});
