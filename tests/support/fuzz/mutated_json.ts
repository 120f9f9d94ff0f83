import { damagedCopy } from "../pictures/mutations.ts";
import { type Draw, oneOf } from "./draws.ts";
import { nodesIn, type Tree } from "./json_trees.ts";

/** Values that stand where others are wanted. */
const VALUES: readonly unknown[] = [
  ...[null, true, false, 0, -1, 1, 0.5, 1e5, 1e9, 2 ** 31, 2 ** 53, 1e308, -0],
  ...["", "x", "\u0000", "é\ud800", "constructor", "__proto__", "a".repeat(5000), "<image>", "{{ x }}"],
  ...[[], {}, [[]], [null], [0], { length: 5 }, { type: "x" }, { content: 1 }, ["a", "b", "c"]],
];

/** Changes one place of a tree. */
function change(tree: Tree, draw: Draw): void {
  const node = oneOf(draw, nodesIn(tree)) as Record<string, unknown>, keys = Object.keys(node);
  const key = keys.length > 0 ? oneOf(draw, keys) : "x";
  switch (draw(5)) {
    case 0:
      if (Array.isArray(node)) node.splice(Number(key), 1);
      else delete node[key];
      return;
    case 1:
      if (Array.isArray(node)) node.push(drawnValue(draw));
      else node[oneOf(draw, ["type", "content", "id", "pattern", "x", key + "_"])] = drawnValue(draw);
      return;
    case 2:
      node[key] = structuredClone(oneOf(draw, nodesIn(tree))); // a part of it elsewhere
      return;
    default:
      node[key] = drawnValue(draw);
  }
}

/** Returns a value of its own, which later changes of the tree may change, too. */
function drawnValue(draw: Draw): unknown {
  return structuredClone(oneOf(draw, VALUES));
}

/** Returns the text of some JSON with a few places changed, and now and then some bytes. */
export function mutatedJson(json: object, draw: Draw): Uint8Array {
  const tree = structuredClone(json) as Tree;
  for (let left = 1 + draw(3); left > 0; left--) change(tree, draw);
  const bytes = new TextEncoder().encode(JSON.stringify(tree));
  return draw(8) === 0 ? damagedCopy(bytes, draw(2 ** 32)) : bytes;
}
