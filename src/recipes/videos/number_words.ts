const SMALL = [
  "zero",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
  "thirteen",
  "fourteen",
  "fifteen",
  "sixteen",
  "seventeen",
  "eighteen",
  "nineteen",
];

const TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];

/**
 * Returns a whole number in English words: `sixty-four`, `one hundred and one`, `two thousand, four hundred`.
 * Source: num2words, `num2words(…)`.
 * @param count from 0 up to a million, that one not included
 */
export function numberWords(count: number): string {
  if (count < 20) return SMALL[count];
  if (count < 100) return TENS[Math.floor(count / 10)] + (count % 10 ? `-${SMALL[count % 10]}` : "");
  if (count < 1000) return joined(`${SMALL[Math.floor(count / 100)]} hundred`, count % 100);
  return joined(`${numberWords(Math.floor(count / 1000))} thousand`, count % 1000);
}

function joined(words: string, rest: number): string {
  if (rest === 0) return words;
  return words + (rest < 100 ? " and " : ", ") + numberWords(rest);
}
