/**
 * Returns a word as it stands in the command of a container, where Compose and Kubernetes would put variables
 * in the place of `$NAME` and `$(NAME)`. Both take `$$` for a dollar.
 */
export function literal(word: string): string {
  return word.replaceAll("$", "$$$$");
}
