import { Template as Jinja } from "npm:@huggingface/jinja@0.5.11";

/** A node of a template's syntax tree, as far as it is looked at. */
interface SyntaxNode {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** The value x as Python's `str` writes it, in Jinja. */
const AS_PYTHON = '{{ "None" if x is none else ("True" if x else "False") if x is boolean else x | string }}';

/**
 * Returns a template's syntax tree in which the filter `string` writes truth values and none as Python's
 * `str` does: True, False and None. The Jinja library writes JavaScript's `true` and `false`, and fails at
 * none. Nodes keep their classes, which the library asks for.
 */
export function withPythonStrings<T>(tree: T): T {
  const { body: [asPython] } = new Jinja(AS_PYTHON).parsed;
  return changed(tree, (node) => {
    if (!isStringFilter(node)) return node;
    return changed(
      asPython,
      (part) => part.type === "Identifier" && part.value === "x" ? node.operand : part,
    );
  }) as T;
}

/** Returns a copy of a tree in which each node, its parts first, is what `change` gives for it. */
function changed(tree: unknown, change: (node: SyntaxNode) => unknown): unknown {
  const copy = (part: unknown) => changed(part, change);
  if (Array.isArray(tree)) return tree.map(copy);
  if (tree instanceof Map) return new Map(Array.from(tree, ([key, value]) => [copy(key), copy(value)]));
  if (typeof tree !== "object" || tree === null) return tree;
  const fields = Object.entries(tree).map(([field, value]) => [field, copy(value)]);
  const node = Object.assign(Object.create(Object.getPrototypeOf(tree)), Object.fromEntries(fields));
  return change(node);
}

function isStringFilter({ type, filter }: SyntaxNode): boolean {
  const { type: kind, value } = (filter ?? {}) as SyntaxNode;
  return type === "FilterExpression" && kind === "Identifier" && value === "string";
}
