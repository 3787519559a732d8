/** Entry of `npm run bench:peaks`. */
import { endProcess } from '../lib/program.ts';
import { runPeakBench } from './bench.ts';

endProcess(await runPeakBench(process.argv.slice(2), process));
