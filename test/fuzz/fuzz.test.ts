/** A short run of every target but the GPU's, inputs that once were faults, and that the fuzzer finds what it is there for. */
import { afterAll, describe, expect, it } from 'vitest';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runFuzz } from './command.ts';
import { Dice } from './dice.ts';
import { BYTE_MUTATORS, MAX_BYTES } from './mutate/bytes.ts';
import { mutateJson } from './mutate/json.ts';
import { PROTOBUF_MUTATORS } from './mutate/protobuf.ts';
import { bytesOfRegression, keepRegression, regressionsOf } from './regressions.ts';
import { runShift, type Shift } from './shift.ts';
import { Fault, inputOf, typed } from './target.ts';
import { loadTarget, TARGET_NAMES } from './targets/index.ts';
import { InputError, PlanError, ShaderError } from '../../src/core/errors.ts';
import { FULL } from '../helpers/full.ts';
import { randomSource } from '../helpers/random.ts';

/** Inputs a target in each `npm test`; `npm run fuzz` goes on from others. */
const INPUTS = 60;

describe.each(TARGET_NAMES.filter((name) => name !== 'networks'))('%s', (name) => {
  it('has no fault with the first inputs of a fixed seed', async () => {
    const target = await loadTarget(name);
    for (let index = 0; index < INPUTS; index++) await target.run(inputOf(target, 1, index), {});
  });

  it.each(regressionsOf(name))('has no fault with %s any more', async (file) => {
    const target = await loadTarget(name);
    await target.run(bytesOfRegression(name, regressionsOf(name).indexOf(file)), {});
  });
});

function throwing(error: unknown): Promise<unknown> {
  return typed(() => Promise.reject(error));
}

describe('the fuzzer', () => {
  // One of these inputs has constants fold for minutes, if nothing stops that.
  const shift: Shift = {
    target: 'generated',
    seed: 1,
    from: 730,
    to: 736,
    seconds: 60,
    settings: {},
    quota: { ms: 700, bytes: 300e6 },
  };

  if (FULL)
    it('finds that compiling does not end where the limits of folding are off', async () => {
      const { finds, cases } = await runShift({ ...shift, settings: { unlimited: true } });
      expect({ kinds: finds.map(({ what }) => what.kind), cases }).toEqual({ kinds: ['hang'], cases: 6 });
    });

  it('finds nothing there where they are on', async () => {
    expect(await runShift(shift)).toMatchObject({ finds: [], cases: 6 });
  });

  it('takes typed errors that can be printed for answers, and all else for faults', async () => {
    expect(await typed(() => 5)).toBe(5);
    expect(await throwing(new InputError('no'))).toBeUndefined();
    await expect(throwing(new TypeError('x is not a function'))).rejects.toThrow(TypeError);
    await expect(throwing(new ShaderError('line 3'))).rejects.toThrow(ShaderError);
    await expect(throwing(new PlanError('an absent input was bound'))).rejects.toThrow(PlanError);
    expect(await throwing(new PlanError('value "x" takes 9 bytes; this device binds at most 8'))).toBeUndefined();
    const steering = Object.assign(new InputError('no'), { message: 'a\u001b[2J' });
    await expect(throwing(steering)).rejects.toThrow(Fault);
  });

  it('makes the same inputs of a seed, and others of another', async () => {
    const target = await loadTarget('safetensors');
    expect(inputOf(target, 1, 7)).toEqual(inputOf(target, 1, 7));
    const others = new Set([1, 2, 3, 4].map((seed) => inputOf(target, seed, 7).join()));
    expect(others.size).toBeGreaterThan(2);
  });

  it('refuses what it does not know', async () => {
    const stderr = { text: '', write: (text: string) => (stderr.text += text) };
    const streams = { stdout: { write: () => true }, stderr };
    expect(await runFuzz(['--target', 'onnx,gguf'], streams)).toBe(1);
    expect(stderr.text).toContain('There is no "gguf"; known: onnx, ');
    expect(await runFuzz(['--minutes', '0'], streams)).toBe(1);
    expect(stderr.text).toContain('positive number');
  });
});

describe('changes', () => {
  const dice = new Dice(randomSource(3));
  // A message of an integer, a text, and a message of the same.
  const message = Uint8Array.of(8, 150, 1, 18, 2, 104, 105, 26, 7, 8, 150, 1, 18, 2, 104, 105);

  it.each([
    ['of bytes', BYTE_MUTATORS],
    ['of protocol buffers', PROTOBUF_MUTATORS],
  ])('%s differ mostly, and stay small', (_, mutators) => {
    const made = Array.from({ length: 400 }, () => dice.pick(mutators)(message, dice, [message]));
    expect(new Set(made.map((bytes) => bytes.join())).size).toBeGreaterThan(100);
    expect(Math.max(...made.map(({ length }) => length))).toBeLessThanOrEqual(MAX_BYTES);
  });

  it('of JSON are JSON', () => {
    const text = '{"a":[1,{"b":"c"}],"d":null}';
    const made = Array.from({ length: 400 }, () => mutateJson(text, dice));
    for (const changed of made) expect(() => JSON.parse(changed) as unknown).not.toThrow();
    expect(new Set(made).size).toBeGreaterThan(100);
    expect(mutateJson('no JSON', dice)).toBe('no JSON');
  });
});

describe('inputs that are kept', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tilewise-fuzz-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('are files of the same bytes', () => {
    const path = keepRegression('onnx', 'crash', Uint8Array.of(1, 2, 3), folder);
    expect([...readFileSync(path)]).toEqual([1, 2, 3]);
    expect(regressionsOf('onnx', folder)).toEqual([expect.stringMatching(/^crash-[0-9a-f]{12}\.bin$/)]);
    expect([...bytesOfRegression('onnx', 0, folder)]).toEqual([1, 2, 3]);
  });
});
