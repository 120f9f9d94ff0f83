/** How many words a kernel moves at once. */
export type Run = 1 | 2 | 4;

/** The longest run that fits; 1 always does. */
export function longestRun(fits: (run: Run) => boolean): Run {
  return fits(4) ? 4 : fits(2) ? 2 : 1;
}

/** Whether the offsets of `run` indices, from a multiple of it on, are side by side, and begin at a multiple of it. */
export function sideBySide(offsets: Uint32Array, run: number): boolean {
  return offsets.length % run === 0 && offsets.every((offset, index) => {
    const within = index % run;
    return offset % run === within && offset - within === offsets[index - within];
  });
}
