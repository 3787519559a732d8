/** Entry of `npm run conformance:onnx`. */
import { endProcess } from '../lib/program.ts';
import { runConformance } from './command.ts';

endProcess(await runConformance(process.argv.slice(2), process));
