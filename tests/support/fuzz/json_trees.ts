/** An object or a list of JSON. */
export type Tree = Record<string, unknown> | unknown[];

/** Returns all objects and lists of a tree. */
export function nodesIn(tree: unknown, found: Tree[] = []): Tree[] {
  if (typeof tree !== "object" || tree === null) return found;
  found.push(tree as Tree);
  for (const own of Object.values(tree)) nodesIn(own, found);
  return found;
}
