/** A node of a template's syntax tree, as far as it is looked at. */
interface SyntaxNode {
  readonly type: string;
  readonly [field: string]: unknown;
}

/**
 * Returns a template's syntax tree in which the filter `string` writes truth values and none as Python's
 * `str` does: True, False and None. The Jinja library writes JavaScript's `true` and `false`, and fails at
 * none.
 */
export function withPythonStrings<T>(node: T): T {
  if (Array.isArray(node)) return node.map(withPythonStrings) as T;
  if (typeof node !== "object" || node === null) return node;
  const entries = Object.entries(node).map(([field, value]) => [field, withPythonStrings(value)]);
  const own = Object.fromEntries(entries) as SyntaxNode & T;
  return isStringFilter(own) ? pythonString(own) as T : own;
}

function isStringFilter({ type, filter }: SyntaxNode): boolean {
  const { type: kind, value } = (filter ?? {}) as SyntaxNode;
  return type === "FilterExpression" && kind === "Identifier" && value === "string";
}

/** Returns `"None" if x is none else ("True" if x else "False") if x is boolean else x | string`. */
function pythonString(filter: SyntaxNode): SyntaxNode {
  const { operand } = filter, text = (value: string) => ({ type: "StringLiteral", value });
  const is = (test: string) => {
    return { type: "TestExpression", operand, negate: false, test: { type: "Identifier", value: test } };
  };
  const choice = (condition: unknown, trueExpr: unknown, falseExpr: unknown) => {
    return { type: "Ternary", condition, trueExpr, falseExpr };
  };
  return choice(
    is("none"),
    text("None"),
    choice(is("boolean"), choice(operand, text("True"), text("False")), filter),
  );
}
