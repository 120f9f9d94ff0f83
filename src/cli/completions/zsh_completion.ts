import type { CompletedCommand, CompletedFlag } from "./completed_command.ts";

/** Returns the script by which zsh completes the command line. */
export function zshCompletion(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ name, summary }) => `    ${quoted(`${name}:${summary}`)}`);
  const cases = commands.map(({ name, choices, flags }) => {
    const argument = choices.length > 0 ? `'1:shell:(${choices.join(" ")})'` : "'*:file:_files'";
    return `    ${name}) _arguments ${[argument, ...flags.map(flagText)].join(" \\\n      ")} ;;`;
  });
  return `#compdef vitrail
# vitrail's completion for zsh, for ~/.zshrc after compinit: source <(vitrail completions zsh)
_vitrail() {
  local -a commands
  commands=(
${names.join("\n")}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  shift words
  (( CURRENT-- ))
  case $words[1] in
${cases.join("\n")}
  esac
}
if [ "$funcstack[1]" = _vitrail ]; then _vitrail "$@"; else compdef _vitrail vitrail; fi`;
}

/** Returns a flag as `_arguments` takes it: `--executor[what computes]:value:(auto webgpu)`. */
function flagText({ name, text, takesValue, values, repeatable }: CompletedFlag): string {
  const explained = text.replaceAll(/[[\]:\\]/g, "\\$&");
  const offered = values.length > 0 ? `(${values.join(" ")})` : "_files";
  return quoted(`${repeatable ? "*" : ""}--${name}[${explained}]${takesValue ? `:value:${offered}` : ""}`);
}

/** Returns a text as zsh takes it, literally. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
