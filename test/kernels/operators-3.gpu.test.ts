/** The product, pooling, normalisation, reduction and sampling kernels against the CPU reference. */
import { testOperators } from '../helpers/operator-tests.ts';

await testOperators(3);
