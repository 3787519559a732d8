/** What only nodes need that compute angles. */
export { angleFunction } from '../../../shaders/lib/angle.ts';
