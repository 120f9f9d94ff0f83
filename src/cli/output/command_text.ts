/** Returns a command with its arguments, as a shell takes it: `vitrail sft 'my set.json' --out shards`. */
export function commandText(name: string, args: readonly string[]): string {
  return ["vitrail", name, ...args.map(shellText)].join(" ");
}

/** Returns an argument as a shell takes it. */
function shellText(argument: string): string {
  return /^[\w@%+=:,./-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
