/** The implicit convolutions and the quantised kernels against the CPU reference. */
import { testOperators } from '../helpers/operator-tests.ts';

await testOperators(1);
