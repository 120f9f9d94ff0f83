/**
 * The runtime that this code is for: Deno's. Builds for another put that one's file in the place of Deno's
 * (`src/tasks/bundle/`), so that none of them holds two.
 *
 * @module
 */

export { DENO as runtime } from "./deno_runtime.ts";
