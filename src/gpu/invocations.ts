/** Invocations of a workgroup, as every shader has it. */
export const INVOCATIONS = 64;

/** Words of a line or a run that a workgroup makes, where each invocation makes eight. */
export const STRIP = 8 * INVOCATIONS;
