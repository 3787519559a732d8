/** The version of this package, for what is kept between versions. A test holds it equal to the manifest's. */
export const VERSION = '0.1.0';
