import { VitrailError } from "../../errors.ts";
import { listOnDemand, LongList } from "../../runtime/long_list.ts";
import type { Size } from "../geometry.ts";
import type { PlannedImage } from "../plan.ts";
import type { BlankView, View } from "../view.ts";
import { BySize } from "./by_size.ts";
import { movedView, type Moves } from "./moved_view.ts";
import { withPlaceholder } from "./placeholder.ts";

/** An image as a recipe composed it. */
interface Composed {
  /** Its index among the call's images. */
  readonly index: number;
  /** The image, without the text that is written out where it is read. */
  readonly image: Omit<PlannedImage, "rows" | "views">;
  /** The output that its rows belong to. */
  readonly output: string;
  /** The number of its rows there. */
  readonly rows: number;
  /** Its views, and rows of zeros that were appended to it later. */
  readonly views: View[];
}

/** An image that others are like: those of pictures of its size and group. */
interface Model {
  /** Its place among the images that are like none before them. */
  readonly like: number;
  /** The number of its views that the others have, too. */
  readonly views: number;
  /** The rows that it takes of each output. */
  readonly rows: readonly number[];
  /** The value that its composing gave. */
  readonly made: unknown;
}

/** The rows of an output. */
interface Counted {
  readonly name: string;
  /** The output's shape: its rows so far, and a row's own. */
  readonly shape: number[];
  /** The rows before all images. */
  readonly leading: number;
  /** The rows up to the end of each image. */
  ends: Float64Array;
}

/**
 * The images of a call and their views, in order. An image that is like one before it is kept as its place
 * alone, and becomes a whole one where it is read: a call may have a million pictures of a few sizes.
 */
export class ComposedImages {
  /** The images that are like none before them. */
  readonly #composed = new LongList<Composed>();
  /** The place in `#composed` of what each image is, or is like. */
  #likes: Uint32Array;
  /** The picture of each image that is like another one, or that others are like. */
  #pictures: Uint32Array;
  /** The views up to the end of each image. */
  #ends: Float64Array;
  readonly #outputs: Counted[] = [];
  /** The images that others are like, of each group of pictures. */
  readonly #groups = new WeakMap<object, BySize<Model>>();
  /** The rows of zeros after images that are like others, by the indices of their views. */
  readonly #zeros = new Map<number, View>();
  /** The views of the image at work. Between two images: those of the last one, unless it is like another. */
  #views: View[] = [];
  /** The index of the first of these views. */
  #from = 0;
  #isOpen = false;
  #length = 0;

  /** @param room the images that there is room for at first: one a picture; a recipe may make more */
  constructor(room: number) {
    this.#likes = new Uint32Array(room);
    this.#pictures = new Uint32Array(room);
    this.#ends = new Float64Array(room);
  }

  /** The number of images that are closed. */
  get length(): number {
    return this.#length;
  }

  /** The index that the next view will have. */
  get nextView(): number {
    return this.#from + this.#views.length;
  }

  /** Appends a view to the image that is composed now, and returns its index. */
  append(view: View): number {
    if (!this.#isOpen) {
      this.#startAt(this.nextView);
      this.#isOpen = true;
    }
    return this.#from + this.#views.push(view) - 1;
  }

  /** Appends rows of zeros to the image that was closed last. */
  appendAfter(view: BlankView): void {
    if (this.#views.length > 0) this.#views.push(view);
    else this.#zeros.set(this.#from++, view);
    this.#end(this.#length - 1);
  }

  /** Counts the rows of an output from now on, by its shape; `leading` of them come before all images. */
  count(name: string, shape: number[], leading: number): void {
    this.#outputs.push({
      name,
      shape,
      leading,
      ends: new Float64Array(this.#ends.length).fill(leading, 0, this.#length),
    });
  }

  /** Closes an image, whose views are those since the image before it. */
  close(image: Composed["image"], output: string): void {
    const index = this.#next(), counted = this.#counted(output);
    const rows = counted ? counted.shape[0] - rowsUpTo(counted, index) : 0;
    this.#likes[index] = this.#composed.length;
    this.#composed.push({ index, image, output, rows, views: this.#views });
    this.#end(index);
    this.#isOpen = false;
  }

  /** Closes the image of a picture, as `Composer.alike` says. */
  alike<T>(picture: number, size: Size, group: object, compose: () => T): T {
    if (this.#isOpen) return compose();
    const index = this.#length;
    const model = this.#modelsOf(group).of(size, () => {
      const made = compose(), closed = this.#length - index;
      if (closed !== 1 || this.#isOpen) throw notOne(picture, closed);
      const like = this.#likes[index];
      this.#pictures[index] = picture;
      const rows = this.#outputs.map((output) => output.shape[0] - rowsUpTo(output, index));
      return { like, views: this.#views.length, rows, made };
    });
    if (this.#length === index) this.#closeLike(model, picture);
    return model.made as T;
  }

  #modelsOf(group: object): BySize<Model> {
    const known = this.#groups.get(group);
    if (known) return known;
    const models = new BySize<Model>();
    this.#groups.set(group, models);
    return models;
  }

  #closeLike({ like, views, rows }: Model, picture: number): void {
    for (let at = 0; at < rows.length; at++) this.#outputs[at].shape[0] += rows[at];
    const index = this.#next();
    this.#likes[index] = like;
    this.#pictures[index] = picture;
    this.#startAt(this.nextView + views);
    this.#end(index);
  }

  /** Returns the index of the next image, which there is room for. */
  #next(): number {
    if (this.#length === this.#ends.length) {
      const room = 2 * this.#length + 1;
      this.#likes = enlarged(this.#likes, new Uint32Array(room));
      this.#pictures = enlarged(this.#pictures, new Uint32Array(room));
      this.#ends = enlarged(this.#ends, new Float64Array(room));
      for (const counted of this.#outputs) counted.ends = enlarged(counted.ends, new Float64Array(room));
    }
    return this.#length++;
  }

  /** Starts the views of the next image. */
  #startAt(view: number): void {
    this.#from = view;
    if (this.#views.length > 0) this.#views = [];
  }

  /** Ends an image where the views and the rows end that there are so far. */
  #end(index: number): void {
    this.#ends[index] = this.nextView;
    for (const { shape, ends } of this.#outputs) ends[index] = shape[0];
  }

  /** Returns all images. */
  images(): PlannedImage[] {
    return listOnDemand(this.#length, (index) => this.#imageAt(index));
  }

  /** Returns all views. */
  views(): View[] {
    return listOnDemand(this.nextView, (index) => this.viewAt(index));
  }

  /** Returns a view by its index. */
  viewAt(view: number): View {
    if (view >= this.#from) return this.#views[view - this.#from];
    const index = this.#imageOf(view), { index: like, views } = this.#composedAt(index);
    const own = views[view - this.#startOf(index)];
    if (index === like) return own;
    return this.#zeros.get(view) ?? movedView(own, this.#moves(like, index));
  }

  /** Returns the index of the image that has a view: the first one that ends after it. */
  #imageOf(view: number): number {
    let from = 0, to = this.#length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.#ends[middle] > view) to = middle;
      else from = middle + 1;
    }
    return from;
  }

  /** Returns what an image is, or is like. */
  #composedAt(index: number): Composed {
    return this.#composed.at(this.#likes[index]);
  }

  #startOf(index: number): number {
    return index === 0 ? 0 : this.#ends[index - 1];
  }

  /** Returns the rows of an output; undefined for one that has none. */
  #counted(output: string): Counted | undefined {
    return this.#outputs.find(({ name }) => name === output);
  }

  /** Returns what stands before an image beside what stands before the one that it is like. */
  #moves(like: number, index: number): Moves {
    return {
      pictures: this.#pictures[index] - this.#pictures[like],
      views: this.#startOf(index) - this.#startOf(like),
      rowsOf: (output) => {
        const counted = this.#counted(output)!;
        return rowsUpTo(counted, index) - rowsUpTo(counted, like);
      },
    };
  }

  #imageAt(index: number): PlannedImage {
    const { index: like, image, output, rows } = this.#composedAt(index);
    const counted = this.#counted(output), view = this.#startOf(index);
    const row = counted ? rowsUpTo(counted, index) : 0;
    return withPlaceholder({
      ...image,
      main: image.main + view - this.#startOf(like),
      rows: [row, row + rows],
      views: [view, this.#ends[index]],
    });
  }
}

function notOne(picture: number, closed: number): VitrailError {
  return new VitrailError(
    "usage",
    `alike composes a picture as one image, with no view after it; picture ${picture + 1} closed ${closed} ` +
      "images: close one, after all its views",
  );
}

/** Returns the rows of an output up to an image. */
function rowsUpTo({ ends, leading }: Counted, image: number): number {
  return image === 0 ? leading : ends[image - 1];
}

/** Returns a longer array that begins with the elements of `array`. */
function enlarged<T extends Uint32Array | Float64Array>(array: T, longer: T): T {
  longer.set(array);
  return longer;
}
