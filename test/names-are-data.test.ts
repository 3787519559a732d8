/** Names that every object has, and names that steer terminals, are names like others: in files, feeds, options and commands. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { tensorOf } from '../src/core/tensor.ts';
import { openModel } from '../src/node/model-source.ts';
import { InferenceSession, Tensor } from '../src/node/ort.ts';
import { Session } from '../src/session/session.ts';
import { inProcess } from './helpers/command.ts';
import { encodeModel } from './helpers/onnx-bytes.ts';

const dir = mkdtempSync(join(tmpdir(), 'tilewise-names-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const INHERITED = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'];
const STEERING = ['n\u001b[2J\u001b]0;pwned\u0007', 'a\u202eb\u2066', 'line\nbreak\r\u2028', '\u009b31m'];

/** Two inputs with a symbol for the first extent, their sum, and the same in absolute values; all called by `name`. */
function model(name: string, op = 'Abs'): Uint8Array {
  const shape = [`${name}`, 2];
  return encodeModel({
    opset: 13,
    name,
    inputs: [
      { name, dtype: 'float32', shape },
      { name: `${name}2`, dtype: 'float32', shape },
    ],
    outputs: [
      { name: `${name}3`, dtype: 'float32', shape },
      { name: `${name}4`, dtype: 'float32', shape },
    ],
    initializers: [[`${name}5`, tensorOf('float32', [1], [10])]],
    nodes: [
      { op: 'Add', name, inputs: [name, `${name}2`], outputs: [`${name}6`] },
      { op: 'Mul', name: `${name}7`, inputs: [`${name}6`, `${name}5`], outputs: [`${name}3`] },
      { op, name: `${name}8`, inputs: [`${name}3`], outputs: [`${name}4`] },
    ],
  });
}

const entries = <T>(...pairs: [string, T][]): Record<string, T> => Object.fromEntries(pairs);
const numbers = (name: string, extent: number, value: number) =>
  [name, { shape: [extent, 2], data: new Float32Array(extent * 2).fill(value) }] as [
    string,
    { shape: number[]; data: Float32Array },
  ];

describe.each([...INHERITED, ...STEERING])('%j', (name) => {
  it('is an input, an output, a symbol, a node and a constant of a session', async () => {
    const options = { backend: 'cpu', inputShapes: entries([name, [3, 2]]) } as const;
    const session = await Session.create(model(name), options);
    expect(session.outputs.map((o) => [o.name, o.shape])).toEqual([`${name}3`, `${name}4`].map((o) => [o, [3, 2]]));
    for (const extent of [3, 1]) {
      const outputs = await session.run(entries(numbers(name, extent, -3), numbers(`${name}2`, extent, 1)));
      expect(Object.keys(outputs)).toEqual([`${name}3`, `${name}4`]);
      expect(Object.getOwnPropertyDescriptor(outputs, `${name}3`)?.value.data).toEqual(
        new Float32Array(extent * 2).fill(-20),
      );
    }
    await expect(session.run(entries(numbers(`${name}2`, 1, 1)))).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    const one = await session.run(entries(numbers(name, 1, -3), numbers(`${name}2`, 1, 1)), { fetches: [`${name}4`] });
    expect(Object.entries(one).map(([key, { data }]) => [key, [...data]])).toEqual([[`${name}4`, [20, 20]]]);
    session.dispose();
  });

  it('works in tilewise/ort, and as an override of a dimension', async () => {
    const freeDimensionOverrides = entries([name, 2]);
    const session = await InferenceSession.create(model(name), { executionProviders: ['cpu'], freeDimensionOverrides });
    const given = new Tensor('float32', [1, 2, 3, 4], [2, 2]);
    const outputs = await session.run(entries([name, given], [`${name}2`, given]));
    expect(Object.values(outputs).map((t) => [...(t.data as Float32Array)])).toEqual(
      [0, 1].map(() => [20, 40, 60, 80]),
    );
    expect(session.inputMetadata.map((m) => (m.isTensor ? m.shape : []))).toEqual([
      [2, 2],
      [2, 2],
    ]);
    await session.release();
    const open = await InferenceSession.create(model(name), { executionProviders: ['cpu'] });
    expect(open.outputMetadata[0]).toMatchObject({ shape: [name, 2] });
    await open.release();
  });

  it('is printed without what it would do to a terminal, and written under a safe name', async () => {
    const file = join(dir, 'm.onnx');
    writeFileSync(file, model(name));
    const shapes = [name, `${name}2`].flatMap((input) => ['--input-shape', `${input}=2x2`]);
    const inspected = await inProcess('inspect', file, ...shapes);
    expect(inspected).toMatchObject({ code: 0, stderr: '' });
    expect(inspected.stdout).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]/u);
    const json = await inProcess('inspect', file, '--json');
    expect(json.stdout.trimEnd()).not.toMatch(/\p{C}|[\u2028\u2029]/u);
    const { inputs } = JSON.parse(json.stdout) as { inputs: { name: string }[] };
    expect(inputs.map((i) => i.name)).toEqual([name, `${name}2`]);
    const raw = join(dir, 'raw.bin');
    writeFileSync(raw, new Uint8Array(new Float32Array([1, 2]).buffer));
    const feeds = ['--input', `${name}=${raw}`, '--input', `${name}2=${raw}`];
    const ran = await inProcess('run', file, '--backend', 'cpu', ...feeds, '--output-dir', dir, '--json');
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const { outputs } = JSON.parse(ran.stdout) as { outputs: { name: string; file: string }[] };
    expect(outputs.map((o) => o.name)).toEqual([`${name}3`, `${name}4`]);
    for (const { file: written } of outputs) {
      expect([...new Float32Array(new Uint8Array(readFileSync(written)).buffer)]).toEqual([20, 40]);
    }
  });

  it('is escaped in the errors of files that are refused', async () => {
    for (const op of [name, 'NoSuchOperator']) {
      const file = join(dir, 'refused.onnx');
      writeFileSync(file, model(name, op));
      const { code, stdout, stderr } = await inProcess('inspect', file);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr.trimEnd()).not.toMatch(/\p{C}|[\u2028\u2029]/u);
      expect(stderr).toMatch(/^error: file .*refused\.onnx: .*unsupported thing: /);
    }
    const refusal = await Session.create(await openModel(join(dir, 'm.onnx')), {
      backend: 'cpu',
      inputShapes: entries([`no ${name}`, [1]]),
    }).catch((error: unknown) => error);
    expect(String(refusal)).not.toMatch(/\p{C}|[\u2028\u2029]/u);
  });
});
