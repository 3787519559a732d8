/** All other operators on wgpu, against the CPU reference. */
import { testOperatorsInDeno } from './operator-tests.ts';

await testOperatorsInDeno(3, 4);
