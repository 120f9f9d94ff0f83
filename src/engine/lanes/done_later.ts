/** Returns a function that has `work` done `ms` after it is called, once for all calls until then. */
export function doneLater(work: () => void, ms: number): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      work();
    }, ms);
  };
}
