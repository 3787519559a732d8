/** Arithmetic on quantised integers. */
