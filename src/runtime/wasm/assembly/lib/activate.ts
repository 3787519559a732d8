/** Activations as modules see them that do not have them: an export of `base`, which has this file in another form. */

/** Activates so many floats where they are. */
@external('env', 'activateRow')
export declare function activateRow(address: usize, count: i32, kind: i32, alpha: f32, beta: f32): void;
