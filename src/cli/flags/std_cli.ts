/**
 * The flag parser of `@std/cli`, taken from npm so that the project installs from one registry.
 * The npm package ships no types; the type checker reads those in std_cli.d.ts.
 *
 * @module
 */

// @ts-types="./std_cli.d.ts"
export { parseArgs } from "npm:deno-std@1.4.0/cli/parse_args.js";
export type { ParsedArgs, ParseOptions } from "./std_cli.d.ts";
