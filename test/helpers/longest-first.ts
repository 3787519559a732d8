/** The order of test files: the longest first, so that no worker is left alone with one of them at the end. */
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** By the processor time they take, in descending order. A fresh checkout knows no times, and vitest would go by file sizes. */
const LONGEST = [
  'kernels/operators-2.gpu',
  'kernels/operators-1.gpu',
  'kernels/operators-3.gpu',
  'kernels/operators-4.gpu',
  'examples/consumers',
  'browser/demo/first-view',
  'plan/texts',
  'deno/operators-2',
  'deno/operators-1',
  'kernels/quantised-random.gpu',
  'deno/networks',
  'browser/demo/pictures',
  'browser/demo/camera',
  'browser/demo/measure',
  'conformance/networks.gpu',
  'conformance/tfjs-models.gpu',
  'conformance/light-random',
  'conformance/touch',
  'passes/pipeline',
  'plan/precision.gpu',
  'conformance/random-networks.gpu',
  'tasks/tasks.gpu',
  'kernels/product.gpu',
  'bench/kernels.gpu',
];

function rank({ moduleId }: TestSpecification): number {
  const index = LONGEST.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
  return index < 0 ? LONGEST.length : index;
}

function group({ project }: TestSpecification): number {
  return project.config.sequence.groupOrder;
}

/** The project of files that share what they import; they stay together, so that its processes do their work once. */
function sharing({ project }: TestSpecification): string {
  return project.config.isolate ? '' : project.name;
}

/** Vitest's order, but for those. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted(
      (a, b) => group(a) - group(b) || sharing(a).localeCompare(sharing(b)) || rank(a) - rank(b),
    );
  }
}
