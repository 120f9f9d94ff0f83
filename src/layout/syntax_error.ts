import { VitrailError } from "../errors.ts";

/** A `recipe` error that says what is wrong with the pattern `text` and points at its character `at`. */
export function syntaxError(text: string, at: number, problem: string): VitrailError {
  return new VitrailError(
    "recipe",
    `malformed pattern, column ${at + 1}: ${problem}\n  ${text}\n  ${" ".repeat(at)}^`,
  );
}
