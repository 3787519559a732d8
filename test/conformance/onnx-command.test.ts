/** `npm run conformance:onnx`: what it prints and refuses; that it sees a wrong answer, in whichever set of data. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runConformance } from '../../bench/conformance/command.ts';
import { changes, expectedToPass } from '../../bench/conformance/expected.ts';
import { runTest } from '../../bench/conformance/run-test.ts';
import { suiteTests } from '../../bench/conformance/suite.ts';
import { tensorOf } from '../../src/core/tensor.ts';
import { encodeModel, encodeTensor } from '../helpers/onnx-bytes.ts';
import { isThere } from '../helpers/is-there.ts';
import { hasSuite } from './onnx-suite.ts';

async function conformance(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({ write: (text: string) => (written[name] += text) });
  const code = await runConformance(argv, { stdout: sink('stdout'), stderr: sink('stderr') });
  return { code, ...written };
}

describe.skipIf(!hasSuite)('the command', () => {
  it('prints one object of JSON', async () => {
    const { code, stdout } = await conformance('--backend', 'cpu', '--filter', 'test_relu', '--json');
    const report = { backend: 'cpu', inScope: 1, passed: 1, failed: [], outOfScope: 0 };
    expect({ code, report: JSON.parse(stdout) as unknown }).toEqual({ code: 0, report });
  });

  it('counts what is out of scope, and runs none of it', async () => {
    const optimisers = await conformance('--backend', 'cpu', '--filter', 'test_ada*');
    expect(optimisers.stdout).toContain('0 of 0 tests in scope passed, 4 are out of scope (optimisers of training 4)');
  });

  it.each([
    [['--backend', 'cuda'], 'Allowed choices are webgpu, wasm, cpu'],
    [['--fliter', 'test_add'], "unknown option '--fliter'"],
    [['test_add'], 'too many arguments'],
    [['--backend', 'cpu', '--filter', 'test_ad'], 'no test is named "test_ad"'],
  ])('refuses %j', async (argv, message) => {
    const { code, stdout, stderr } = await conformance(...argv);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
  });
});

it('says how to install what is not there', () => {
  expect(() => suiteTests('/nowhere')).toThrow("ONNX's tests are not installed. Install the Debian package: apt-get");
});

it('knows what was lost and gained', () => {
  const [known = ''] = expectedToPass('cpu');
  expect(changes('cpu', [known], [])).toEqual({ lost: [], gained: [] });
  expect(changes('cpu', ['test_new'], [known, 'test_failing'])).toEqual({ lost: [known], gained: ['test_new'] });
});

/** A test in the form of the suite, whose sets of data hold these inputs and outputs of a Relu. */
function writeTest(sets: readonly (readonly [input: readonly number[], output: readonly number[]])[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'tilewise-conformance-'));
  const relu = { op: 'Relu', inputs: ['x'], outputs: ['y'] };
  const port = { dtype: 'float32', shape: ['N'] } as const;
  const model = { opset: 13, inputs: [{ ...port, name: 'x' }], outputs: [{ ...port, name: 'y' }], nodes: [relu] };
  writeFileSync(join(folder, 'model.onnx'), encodeModel(model));
  for (const [i, [input, output]] of sets.entries()) {
    const data = join(folder, `test_data_set_${i}`);
    mkdirSync(data);
    writeFileSync(join(data, 'input_0.pb'), encodeTensor(tensorOf('float32', [input.length], input)));
    writeFileSync(join(data, 'output_0.pb'), encodeTensor(tensorOf('float32', [output.length], output)));
  }
  return folder;
}

function run(...sets: Parameters<typeof writeTest>[0]): Promise<string | undefined> {
  return runTest({ name: 'test_of_ours', folder: writeTest(sets) }, { backend: 'cpu' });
}

describe('a test', () => {
  it('passes with all its sets of data, of whatever extents', async () => {
    expect(
      await run(
        [
          [-1, 2],
          [0, 2],
        ],
        [
          [-1, 2, -3],
          [0, 2, 0],
        ],
      ),
    ).toBeUndefined();
  });

  it('fails where one set differs beyond the tolerance', async () => {
    expect(
      await run([
        [-1, 2],
        [0, 2.0019],
      ]),
    ).toBeUndefined();
    expect(
      await run(
        [
          [-1, 2],
          [0, 2],
        ],
        [[1], [1.002]],
      ),
    ).toContain('output "y": 1 of 1 elements differ');
    expect(
      await run([
        [-1, 2],
        [0, 2, 0],
      ]),
    ).toContain('got float32 2, expected float32 3');
    expect(await run()).toBe('the test has no data');
  });
});

describe('what is not there', () => {
  const needed = { path: '/nowhere', what: 'the suite', remedy: 'install it' };

  it('skips tests, but fails where a change is judged', () => {
    expect(isThere(needed, 'false')).toBe(false);
    expect(() => isThere(needed, 'true')).toThrow('with CI=true no test is skipped: install it');
    expect(isThere({ ...needed, path: tmpdir() }, 'true')).toBe(true);
    expect(readFileSync(new URL('../../.ci/run', import.meta.url), 'utf8')).toContain('libonnx-testdata');
  });
});
