/** Invocations of a workgroup, along x, as every shader has it. */
export const INVOCATIONS = 64;

/** Columns that an invocation of the horizontal or the vertical pass makes: as many as one texel holds. */
export const GROUP = 4;
