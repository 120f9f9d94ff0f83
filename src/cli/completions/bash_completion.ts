import type { CompletedCommand } from "./completed_command.ts";

/** Returns the script by which bash completes the command line. */
export function bashCompletion(commands: readonly CompletedCommand[]): string {
  const values = commands.flatMap(({ name, flags }) =>
    flags.filter(({ values }) => values.length > 0)
      .map((flag) => `    ${quoted(`${name} --${flag.name}`)}) words=${quoted(flag.values.join(" "))} ;;`)
  );
  const valued = commands.map(({ name, flags }) => {
    const names = flags.filter(({ takesValue }) => takesValue).map((flag) => `--${flag.name}`);
    return `    ${name}) valued=${quoted(` ${names.join(" ")} `)} ;;`;
  });
  const flags = commands.map(({ name, flags, choices }) => {
    const names = flags.map((flag) => `--${flag.name}`);
    return `    ${name}) flags=${quoted(names.join(" "))} words=${quoted(choices.join(" "))} ;;`;
  });
  return `# vitrail's completion for bash, for ~/.bashrc: source <(vitrail completions bash)
_vitrail() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" name="\${COMP_WORDS[1]}"
  local flags="" words="" valued=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${quoted(commands.map(({ name }) => name).join(" "))} -- "$word"))
    return
  fi
  case "$name $before" in
${values.join("\n")}
  esac
  if [ -n "$words" ]; then
    COMPREPLY=($(compgen -W "$words" -- "$word"))
    return
  fi
  case "$name" in
${valued.join("\n")}
  esac
  case "$valued" in
    *" $before "*) return ;;
  esac
  case "$name" in
${flags.join("\n")}
  esac
  case "$word" in
    -*) COMPREPLY=($(compgen -W "$flags" -- "$word")) ;;
    *) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
  esac
}
complete -o bashdefault -o default -F _vitrail vitrail`;
}

/** Returns a text as bash takes it, literally. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
