/** Entry of `npm run bench:kernels`. */
import { endProcess } from '../lib/program.ts';
import { runKernelBench } from './bench.ts';

endProcess(await runKernelBench(process.argv.slice(2), process));
