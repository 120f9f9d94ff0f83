// Codes in hex, each behind a 1 bit that keeps its zeros: runs of 0 to 63 pixels, then of 64, 128, … 1728.
// Source: ITU-T T.4, tables 2 and 3.

const WHITE =
  `135 47 17 18 1b 1c 1e 1f 33 34 27 28 48 43 74 75 6a 6b a7 8c 88 97 83 84 a8 ab 93 a4 98 102 103 11a
  11b 112 113 114 115 116 117 128 129 12a 12b 12c 12d 104 105 10a 10b 152 153 154 155 124 125 158 159 15a 15b
  14a 14b 132 133 134 3b 32 57 b7 136 137 164 165 168 167 2cc 2cd 2d2 2d3 2d4 2d5 2d6 2d7 2d8 2d9 2da 2db 298
  299 29a 58 29b`;

const BLACK =
  `437 a 7 6 b 13 12 23 45 44 84 85 87 104 107 218 417 418 408 867 868 86c 837 828 817 818 10ca 10cb
  10cc 10cd 1068 1069 106a 106b 10d2 10d3 10d4 10d5 10d6 10d7 106c 106d 10da 10db 1054 1055 1056 1057 1064
  1065 1052 1053 1024 1037 1038 1027 1028 1058 1059 102b 102c 105a 1066 1067 40f 10c8 10c9 105b 1033 1034 1035
  206c 206d 204a 204b 204c 204d 2072 2073 2074 2075 2076 2077 2052 2053 2054 2055 205a 205b 2064 2065`;

/** Runs of either colour, of 1792, 1856, … 2560 pixels. */
const LONG = "808 80c 80d 1012 1013 1014 1015 1016 1017 101c 101d 101e 101f";

/** Runs that end a run of their colour; longer ones are added to one of these. */
export const SHORT_RUNS = 64;

/** Bits of the longest code. */
export const CODE_BITS = 13;

/** Pixels of a run, by its code behind a 1 bit: first those of white runs, then of black ones. */
export const RUNS: readonly ReadonlyMap<number, number>[] = [WHITE, BLACK].map((codes) =>
  new Map(
    [...codes.split(/\s+/), ...LONG.split(" ")].map((code, index) => [
      parseInt(code, 16),
      index < SHORT_RUNS ? index : SHORT_RUNS * (index - SHORT_RUNS + 1),
    ]),
  )
);

/** The way in which a line goes on: past a change above, with two runs, or with a change so far from it. */
export type Mode = "pass" | "runs" | number;

/** Modes by their codes behind a 1 bit. Source: ITU-T T.6, table 1. */
export const MODES: ReadonlyMap<number, Mode> = new Map<number, Mode>([
  [0b11, 0],
  [0b1011, 1],
  [0b1010, -1],
  [0b1001, "runs"],
  [0b10001, "pass"],
  [0b1000011, 2],
  [0b1000010, -2],
  [0b10000011, 3],
  [0b10000010, -3],
]);
