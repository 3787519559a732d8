/** The ONNX project's own tests, as Debian's package libonnx-testdata installs them: what there is, and how to read it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LoadError } from '../../src/core/errors.ts';

/** Where the package lies. */
export const SUITE = '/usr/share/libonnx-testdata/data';

/** Folders of the suite whose models lie beside their tests. */
const FOLDERS = ['node', 'pytorch-converted', 'pytorch-operator', 'simple'] as const;

/** How to get the suite. */
export const SUITE_HINT = 'Install the Debian package: apt-get install libonnx-testdata';

/** One test: a model, and sets of inputs and outputs. Names are unique in the suite. */
export interface SuiteTest {
  readonly name: string;
  readonly folder: string;
}

/** Serialised inputs and outputs of one run, in the order of the model's. */
export interface DataSet {
  readonly inputs: readonly Uint8Array[];
  readonly outputs: readonly Uint8Array[];
}

/** All tests, by folder and name. Throws LoadError where the package is not installed. */
export function suiteTests(suite = SUITE): SuiteTest[] {
  if (!existsSync(suite)) throw new LoadError("ONNX's tests are not installed", { file: suite, hint: SUITE_HINT });
  return FOLDERS.flatMap((part) =>
    readdirSync(join(suite, part))
      .sort()
      .map((name) => ({ name, folder: join(suite, part, name) })),
  );
}

/** The model file of a test. */
export function modelOf({ folder }: SuiteTest): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, 'model.onnx')));
}

/** All data sets of a test. */
export function dataSetsOf({ folder }: SuiteTest): DataSet[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('test_data_set_'))
    .map((name) => ({
      inputs: numbered(join(folder, name), 'input'),
      outputs: numbered(join(folder, name), 'output'),
    }));
}

function numbered(folder: string, stem: string): Uint8Array[] {
  const count = readdirSync(folder).filter((name) => name.startsWith(`${stem}_`)).length;
  return Array.from({ length: count }, (_, i) => new Uint8Array(readFileSync(join(folder, `${stem}_${i}.pb`))));
}
