/** Entry of `npm run fuzz`. */
import { endProcess } from '../../bench/lib/program.ts';
import { runFuzz } from './command.ts';

endProcess(await runFuzz(process.argv.slice(2), process));
