/** Entry of `npm run bench:peers`. */
import { endProcess } from '../lib/program.ts';
import { runPeerBench } from './bench.ts';

endProcess(await runPeerBench(process.argv.slice(2), process));
