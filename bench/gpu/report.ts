import type { Figure } from "../report/figure.ts";
import { markdownOf, markdownTable } from "../report/table.ts";
import { aimRows } from "./aims.ts";

/** The machine of a run, for people. */
export interface Machine {
  date: string;
  adapter: string;
  cores: number;
  deno: string;
  /** The versions of Python's packages, or what it lacks. */
  python: string;
}

/** A step of a run, as it ended. */
export interface StepResult {
  name: string;
  /** Seconds that it took. */
  seconds: number;
  figures: Figure[];
  /** The text that it printed, where it has no figures. */
  text?: string;
  /** The reason why it has not all that it should have. */
  failure?: string;
}

/** Returns a run's results as Markdown: the machine, the aims, then every step. */
export function reportOf(machine: Machine, steps: readonly StepResult[]): string {
  const { date, adapter, cores, deno, python } = machine;
  const parts = steps.map(({ name, seconds, figures, text, failure }) => [
    `## ${name}, ${seconds.toFixed(0)} s`,
    ...failure === undefined ? [] : [`**${failure}**`],
    ...text === undefined ? [] : [`\`\`\`text\n${text.trim()}\n\`\`\``],
    ...figures.length === 0 ? [] : [markdownOf(figures)],
  ]);
  return [
    `# ${adapter}, ${date}`,
    `${cores} cores, Deno ${deno}, ${python}. \`bench/gpu.sh\`, figures by \`deno task bench:peers\`.`,
    markdownTable(aimRows(steps.flatMap(({ figures }) => figures))),
    ...parts.flat(),
  ].join("\n\n") + "\n";
}
