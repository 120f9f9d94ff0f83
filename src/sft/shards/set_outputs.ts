import { VitrailError } from "../../errors.ts";
import type { Dtype, IntegerType } from "../../plan/dtype.ts";
import type { IntegerOutput } from "../../plan/integers.ts";
import type { Rgb } from "../../plan/tables/values.ts";
import type { RowKind } from "../../plan/images/image_plan.ts";
import type { AskedDtype } from "../set/sample_plan.ts";
import { type ChannelPlace, channelPlace, lossError, lossOf, valueAround } from "./lossless_bytes.ts";
import { hasRows, type RowsOutput, type SampleOutput, viewsOf } from "./sample_outputs.ts";

/** An output of all samples of a set that executors fill. */
export interface RowsLayout extends Omit<RowKind, "rowShape"> {
  /** The kind of output. */
  readonly kind: "rows";
  /** The shape of a row; absent where samples' differ, and each element is a row of its own. */
  readonly rowShape?: readonly number[];
  /** True where a table makes values of the stored bytes. */
  readonly table?: true;
  /** The place of the channels in a row of bytes; absent where samples' differ. */
  readonly channel?: ChannelPlace;
  /** The value around contents, by channel, where some have one that no byte becomes. */
  readonly fill?: Rgb;
  /** The pattern by which a sample's rows become its tensor. */
  readonly arranged?: string;
}

/** An output of whole numbers of all samples of a set. */
export interface IntegerLayout {
  /** The kind of output: all numbers, or what stands for many of them. */
  readonly kind: "values" | "ones" | "grids";
  /** The element type. */
  readonly dtype: IntegerType;
}

/** The way in which all shards of a set hold one output. */
export type OutputLayout = RowsLayout | IntegerLayout;

/** The way in which all shards of a set hold their outputs. */
export interface SetLayout {
  /** The element type of stored pixels. */
  readonly dtype: Dtype;
  /** The reason why it is not u8, where that was to be found out. */
  readonly why?: string;
  /** The outputs by name. */
  readonly outputs: Readonly<Record<string, OutputLayout>>;
}

/** Finds out of a set's samples how its shards are to hold their outputs. */
export class SetOutputs {
  readonly #outputs = new Map<string, OutputLayout>();
  /** The first reason why the set cannot be of bytes. */
  #loss?: string;

  /** Creates what finds the layout of a set in the element type that is asked for. */
  constructor(readonly asked: AskedDtype) {}

  /** Says whether the set is to be of bytes, as far as is known. */
  get bytes(): boolean {
    return (this.asked === "u8" || this.asked === "auto") && this.#loss === undefined;
  }

  /**
   * Adds a sample's outputs.
   * @param where the sample's name in messages
   * @throws {VitrailError} `usage` where bytes are asked for and would lose something; `recipe` for an output
   * that no shard holds beside the samples before.
   */
  add(outputs: Readonly<Record<string, SampleOutput>>, where: string): void {
    for (const [name, output] of Object.entries(outputs)) {
      requireShape(name, output);
      const known = this.#outputs.get(name);
      if (hasRows(output)) this.#outputs.set(name, this.#rows(name, output, known, where));
      else this.#outputs.set(name, integersOf(name, output, known));
    }
  }

  #rows(name: string, output: RowsOutput, known: OutputLayout | undefined, where: string): RowsLayout {
    const { dtype, rowShape, values, arranged } = output;
    const found = this.bytes && dtype !== "u8" ? this.#bytesOf(name, output, where) : undefined;
    if (known === undefined) return { kind: "rows", dtype, rowShape, values, arranged, ...found };
    if (known.kind !== "rows" || known.dtype !== dtype || known.arranged !== arranged) throw unlike(name);
    const same = known.rowShape?.join() === rowShape.join();
    if (!same && arranged !== undefined) throw unlike(name);
    const all = same ? known : { ...known, rowShape: undefined };
    if (found === undefined) return all;
    const { fill = known.fill, channel } = found;
    if (JSON.stringify(values) !== JSON.stringify(known.values)) {
      this.#lose(`bytes of ${name} become other values`, where);
    }
    if (fill?.join() !== (known.fill ?? fill)?.join()) {
      this.#lose(`paddings of ${name} have several values`, where);
    }
    return { ...all, fill, channel: channel?.join() === known.channel?.join() ? known.channel : undefined };
  }

  /** Returns what gives an output's values back of bytes, and notes where these would lose something. */
  #bytesOf(
    name: string,
    { ranges }: RowsOutput,
    where: string,
  ): Pick<RowsLayout, "table" | "channel" | "fill"> | undefined {
    let channel: ChannelPlace | undefined, fill: Rgb | undefined;
    for (const view of viewsOf(name, ranges)) {
      const loss = lossOf(view);
      if (loss !== undefined) return this.#lose(loss, where);
      if (view.kind !== "canvas") continue;
      channel ??= channelPlace(view.canvas, view.target!);
      fill ??= valueAround(view);
    }
    return { table: true, channel, fill };
  }

  #lose(loss: string, where: string): undefined {
    this.#loss ??= `${where}: ${loss}`;
    if (this.asked === "u8") throw lossError(this.#loss);
  }

  /** Returns the layout of the set, once all samples were added. */
  finish(): SetLayout {
    const entries = [...this.#outputs].map(([name, output]): [string, OutputLayout] => {
      if (output.kind !== "rows" || this.bytes) return [name, output];
      const { table: _, channel: __, fill: ___, ...rest } = output;
      return [name, rest];
    });
    const outputs = Object.fromEntries(entries);
    if (this.bytes) return { dtype: "u8", outputs };
    if (this.asked === "auto") return { dtype: "f32", why: this.#loss, outputs };
    return { dtype: this.asked, outputs };
  }
}

/** Returns the layout of an output of whole numbers; samples that give them in two ways get all numbers. */
function integersOf(name: string, { dtype, values }: IntegerOutput, known?: OutputLayout): IntegerLayout {
  const kind = "ones" in values ? "ones" : "grids" in values ? "grids" : "values";
  if (known === undefined) return { kind, dtype };
  if (known.kind === "rows" || known.dtype !== dtype) throw unlike(name);
  return known.kind === kind ? known : { kind: "values", dtype };
}

/** Requires a shape that is not empty, which stands for no output. */
function requireShape(name: string, { shape }: SampleOutput): void {
  if (shape.length > 0) return;
  throw new VitrailError("recipe", `${name} is a single number, and shards hold outputs with axes`);
}

function unlike(name: string): VitrailError {
  return new VitrailError("recipe", `${name} is of one kind in some samples and of another in others`);
}
