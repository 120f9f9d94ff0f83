/**
 * Applies `work` to every item, at most `limit` items at a time, and returns the results in the items' order.
 * No item is begun once one has failed; those under way are waited for, so that nothing goes on behind the
 * caller's back, and one set of items fails in one way however long each takes.
 *
 * @throws the failure of the first item that failed, in the items' order, as it is.
 */
export async function mapLimited<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  let failed = items.length, failure: unknown; // the first that failed, in the items' order
  const takeItems = async () => {
    for (let index = next++; index < items.length; index = next++) {
      try {
        results[index] = await work(items[index], index);
      } catch (error) {
        next = items.length;
        if (index < failed) [failed, failure] = [index, error];
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, takeItems));
  if (failed < items.length) throw failure;
  return results;
}
