/** The convolutions and the quantised kernels on wgpu, against the CPU reference. */
import { testOperatorsInDeno } from './operator-tests.ts';

await testOperatorsInDeno(1, 2);
