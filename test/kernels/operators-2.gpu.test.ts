/** The other convolutions against the CPU reference. */
import { testOperators } from '../helpers/operator-tests.ts';

await testOperators(2);
