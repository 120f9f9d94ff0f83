/** Invocations of a workgroup, along x, as every shader has it. */
export const LANES = 64;

/** Columns of an invocation of the horizontal and the vertical pass: as many as one texel holds. */
export const GROUP = 4;
