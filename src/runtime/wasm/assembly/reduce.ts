/** Reductions. */
