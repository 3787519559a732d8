/** Runs in Deno: the ONNX project's own tests. */
import { runSuite } from '../../../bench/conformance/run-suite.ts';
import { tell } from './tell.ts';

const begun = (name: string): void => void tell(`begins ${name}`, () => Promise.resolve({}));
await tell('report', async () => ({ report: await runSuite({ backend: 'webgpu', onTest: begun }) }));
