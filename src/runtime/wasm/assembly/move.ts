/** Movements of elements. */
