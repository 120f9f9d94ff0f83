import type { Arguments, Flag } from "../flags/arguments.ts";

/** Flags of `vitrail sft` that are no concern of its makers: the follower's own, and the machine's. */
const OWN = [
  ...["queue", "creds", "store", "tries", "patience", "progress", "json", "out", "html", "shard"],
  ...["executor", "memory", "lanes"],
];

/** Returns the arguments by which a maker opens the set of `vitrail sft`, as `--flag=value` each. */
export function setArguments(args: Arguments, flags: readonly Flag[]): string[] {
  const own = flags.filter(({ name }) => !OWN.includes(name)).flatMap(({ name, value, repeatable }) => {
    if (value === undefined) return args.on(name) ? [`--${name}`] : [];
    const given = repeatable ? args.list(name) : args.text(name) === undefined ? [] : [args.text(name)!];
    return given.map((text) => `--${name}=${text}`);
  });
  return [...own, "--", ...args.rest];
}
