import { LongList, readerOf } from "./long_list.ts";

/** Entries of a list that are gone through between two places where a slice may end: a few ms of work. */
export const STEP = 512;

/** Work that yields where a slice may end. */
type InSteps<T> = Generator<void, T, void>;

/** Looks at each entry, as `list.forEach` does, and yields every {@linkcode STEP} entries. */
export function* eachInSteps<T>(
  list: readonly T[],
  look: (entry: T, index: number) => void,
): InSteps<void> {
  const { length } = list, at = readerOf(list);
  for (let index = 0; index < length; index++) {
    look(at(index), index);
    if (index % STEP === STEP - 1) yield;
  }
}

/** Returns what `of` makes of each entry, as `list.map` does, and yields likewise. */
export function* mapInSteps<T, U>(list: readonly T[], of: (entry: T, index: number) => U): InSteps<U[]> {
  const made = new LongList<U>();
  yield* eachInSteps(list, (entry, index) => made.push(of(entry, index)));
  return made.list();
}

/** Returns what `of` makes of each entry, one after another as `list.flatMap` does, and yields likewise. */
export function* flatMapInSteps<T, U>(
  list: readonly T[],
  of: (entry: T, index: number) => readonly U[],
): InSteps<U[]> {
  const made = new LongList<U>();
  yield* eachInSteps(list, (entry, index) => {
    for (const one of of(entry, index)) made.push(one);
  });
  return made.list();
}
