/** Entry of `npm run bench`. */
import { endProcess } from '../lib/program.ts';
import { runModelBench } from './bench.ts';

endProcess(await runModelBench(process.argv.slice(2), process));
