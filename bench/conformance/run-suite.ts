/** Runs the suite, or part of it, on one backend. */
import { requestDevice } from '../../src/runtime/webgpu/device.ts';
import { InputError } from '../../src/core/errors.ts';
import { openGpu } from '../../src/node/adapter.ts';
import type { SessionOptions } from '../../src/session/options.ts';
import type { BackendName } from './expected.ts';
import { runTest } from './run-test.ts';
import { matches, outOfScope } from './scope.ts';
import { suiteTests, type SuiteTest } from './suite.ts';

/** A test that failed, and why. */
export interface FailedTest {
  readonly name: string;
  readonly reason: string;
}

/** What came of the suite. */
export interface SuiteReport {
  readonly backend: BackendName;
  readonly passed: readonly string[];
  readonly failed: readonly FailedTest[];
  /** Tests that the engine does not mean to pass; they are not run. */
  readonly outOfScope: readonly FailedTest[];
}

/** Which tests run, and where. */
export interface SuiteOptions {
  readonly backend: BackendName;
  /** Only tests whose names match; `*` and `?` as in file names. */
  readonly filter?: string | undefined;
  /** Only one test of so many, from this one on. */
  readonly part?: { readonly index: number; readonly of: number };
  /** As `openGpu` takes it. */
  readonly adapter?: string | undefined;
  readonly onTest?: (name: string, done: number, total: number) => void;
}

/**
 * Runs the tests one by one. Rejects with InputError where no test matches, LoadError where the suite is not installed, DeviceError NO_DEVICE without an
 * adapter; what a test runs into is its failure.
 */
export async function runSuite({ backend, filter = '*', part, adapter, onTest }: SuiteOptions): Promise<SuiteReport> {
  const chosen = suiteTests().filter(({ name }) => matches(filter, name));
  if (chosen.length === 0) throw new InputError(`no test is named "${filter}"`, { hint: 'Names begin with test_' });
  const inScope = chosen
    .filter(({ name }) => outOfScope(name) === undefined)
    .filter((_, i) => !part || i % part.of === part.index);
  const passed: string[] = [];
  const failed: FailedTest[] = [];
  const place = backend === 'webgpu' ? new SharedDevice(adapter) : onHost(backend);
  try {
    for (const [done, test] of inScope.entries()) {
      onTest?.(test.name, done, inScope.length);
      const reason = await runTest(test, await place.options());
      if (reason === undefined) passed.push(test.name);
      else failed.push({ name: test.name, reason });
    }
  } finally {
    await place.close();
  }
  return { backend, passed, failed, outOfScope: chosen.flatMap(refused) };
}

function refused({ name }: SuiteTest): FailedTest[] {
  const reason = outOfScope(name);
  return reason === undefined ? [] : [{ name, reason }];
}

interface Place {
  readonly options: () => Promise<SessionOptions>;
  readonly close: () => Promise<void>;
}

function onHost(backend: 'wasm' | 'cpu'): Place {
  return { options: () => Promise.resolve({ backend }), close: () => Promise.resolve() };
}

/** One device for all tests, and another where a test has lost it. */
class SharedDevice implements Place {
  readonly #adapter: string | undefined;
  #device: Promise<GPUDevice> | undefined;

  constructor(adapter: string | undefined) {
    this.#adapter = adapter;
  }

  async options(): Promise<SessionOptions> {
    return { backend: 'webgpu', gpu: await (this.#device ??= this.#open()) };
  }

  async close(): Promise<void> {
    (await this.#device)?.destroy();
  }

  async #open(): Promise<GPUDevice> {
    const { adapter } = await openGpu({ adapter: this.#adapter });
    const device = await requestDevice(adapter);
    void device.lost.then(() => (this.#device = undefined));
    return device;
  }
}
