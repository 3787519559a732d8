/** `--signature`: which use of a TensorFlow Lite file commands take, and what is said of one that is not there. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeNpy } from '../../src/cli/npy.ts';
import { inProcess, tinyClassifier } from '../helpers/command.ts';
import { SIGNATURE_RUNS, twoSignatures } from '../helpers/two-signatures.ts';

let dir = '';
const at = (name: string): string => join(dir, name);

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tilewise-signatures-'));
  writeFileSync(at('two.tflite'), twoSignatures());
  writeFileSync(at('float.onnx'), tinyClassifier());
  for (const [name, tensor] of Object.entries(SIGNATURE_RUNS.decode.feeds)) {
    writeFileSync(at(`${name}.npy`), writeNpy(tensor));
  }
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('inspect lists them, and says which runs', async () => {
  const signatures = ['encode', 'decode'];
  const inspect = async (...options: string[]): Promise<unknown> =>
    JSON.parse((await inProcess('inspect', at('two.tflite'), '--json', ...options)).stdout);
  expect(await inspect()).toMatchObject({ signature: 'encode', signatures, inputs: [{ name: 'picture' }] });
  const second = { signature: 'decode', signatures, warnings: [], inputs: [{ name: 'code' }, { name: 'offset' }] };
  expect(await inspect('--signature', 'decode')).toMatchObject(second);
  const { stdout } = await inProcess('inspect', at('two.tflite'), '--signature', 'decode');
  expect(stdout).toMatch(/\bsignature +. decode\b/);
  expect(stdout).toMatch(/\bsignatures +. encode, decode\b/);
});

it('run takes its inputs and gives its outputs', async () => {
  const feeds = ['code', 'offset'].flatMap((name) => ['--input', `${name}=${at(`${name}.npy`)}`]);
  const where = ['--backend', 'cpu', '--output-dir', at('out'), '--json'];
  const { stdout } = await inProcess('run', at('two.tflite'), '--signature', 'decode', ...feeds, ...where);
  const { picture } = SIGNATURE_RUNS.decode.outputs;
  expect(JSON.parse(stdout)).toMatchObject({ outputs: [{ name: 'picture', first: picture }] });
});

it.each(['inspect', 'run', 'compare', 'profile', 'tune'])(
  '%s refuses what is not there in one line',
  async (command) => {
    const unknown = await inProcess(command, at('two.tflite'), '--signature', 'decoder');
    expect(unknown).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error: .*two\.tflite.*"decoder": did you mean "decode"\?.*"encode", "decode"\n$/),
    });
    const other = await inProcess(command, at('float.onnx'), '--signature', 'decode');
    expect(other).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/^error: .*signature "decode" is for TensorFlow Lite files, this is onnx.*\n$/),
    });
  },
);
