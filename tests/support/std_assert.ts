/**
 * The assertions of `@std/assert`, from npm, so that the project installs from one registry.
 * The npm package ships no types; the ones beside this file are checked instead.
 *
 * @module
 */

// @ts-types="./std_assert.d.ts"
export {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
  fail,
  unreachable,
} from "deno-std/assert/mod.js";
