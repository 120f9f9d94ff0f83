/** Options of {@linkcode parseArgs}; `B`, `S` and `C` are the names of those flags that it types. */
export interface ParseOptions<B extends string = never, S extends string = never, C extends string = never> {
  /** Flags without a value. */
  boolean?: readonly B[];
  /** Flags whose value stays text; with `"_"` the positional arguments stay text, too. */
  string?: readonly S[];
  /** Flags that may stand more than once. */
  collect?: readonly C[];
  /** Flags that `--no-…` switches off. */
  negatable?: readonly string[];
  /** Values of flags that are not given. */
  default?: Record<string, unknown>;
  /** Other names of a flag. */
  alias?: Record<string, string | readonly string[]>;
  /** True makes everything after the first positional argument positional. */
  stopEarly?: boolean;
  /** True puts the arguments after `--` into the result's `"--"` instead of its `_`. */
  "--"?: boolean;
  /** Called with each argument that the options do not name; `false` leaves it out of the result. */
  unknown?: (argument: string, flag?: string, value?: unknown) => unknown;
}

/** The flags by name, and the positional arguments as `_`. */
export type ParsedArgs<B extends string = never, S extends string = never, C extends string = never> =
  & { [name: string]: unknown }
  & { [name in Exclude<B, C>]: boolean }
  & { [name in Exclude<S, C | "_">]: string | undefined }
  & { [name in Extract<C, S>]: string[] }
  & { _: "_" extends S ? string[] : (string | number)[] };

/** Parses command line arguments; `--` ends the flags. */
export function parseArgs<B extends string = never, S extends string = never, C extends string = never>(
  args: readonly string[],
  options?: ParseOptions<B, S, C>,
): ParsedArgs<B, S, C>;
