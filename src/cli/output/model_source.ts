import type { ModelSource, SourceFile } from "../../hub/hub_model.ts";

/** Returns the source of a recipe as the line that ends a report; nothing where it has none. */
export function sourceText(source: ModelSource | undefined): string {
  if (source === undefined) return "";
  const { id, revision, files } = source, model = id === undefined ? "" : ` ${id}, commit ${revision}:`;
  return `\nread${model} ${files.map(fileText).join(", ")}`;
}

function fileText({ name, from, place }: SourceFile): string {
  if (from === "folder") return place;
  return `${name} from the ${from} (${place})`;
}
