/** Activations as other modules see them: an export of `activation`, or, where no call of a plan needs it, what throws. */

/** Activates so many floats where they are. */
@external('env', 'activateRow')
export declare function activateRow(address: usize, count: i32, kind: i32, alpha: f32, beta: f32): void;
