/** An element of the page, as far as it is used. */
export interface PageElement {
  innerHTML: string;
  textContent: string;
  hidden: boolean;
  value: string;
  checked: boolean;
  disabled: boolean;
  scrollTop: number;
  readonly offsetTop: number;
  readonly clientHeight: number;
  width: number;
  height: number;
  readonly id: string;
  href: string;
  download: string;
  files: Iterable<File> | null;
  readonly firstChild: { readonly textContent: string };
  readonly dataset: Record<string, string | undefined>;
  readonly classList: { toggle(name: string, on: boolean): void };
  addEventListener(kind: string, listener: (event: PageEvent) => void): void;
  querySelectorAll(selector: string): Iterable<PageElement>;
  closest(selector: string): PageElement | null;
  getContext(kind: "2d"): Canvas2d;
  scrollIntoView(options: { block: "nearest" }): void;
  focus(): void;
  click(): void;
}

/** The drawing of a canvas. */
interface Canvas2d {
  putImageData(image: ImageData, x: number, y: number): void;
  drawImage(canvas: PageElement, x: number, y: number, width: number, height: number): void;
  /** Draws a part of a canvas: the first four numbers are its place there. */
  drawImage(canvas: PageElement, ...places: readonly number[]): void;
}

/** An event, as far as it is used. */
export interface PageEvent {
  readonly target: PageElement;
  readonly key: string;
  readonly relatedTarget: unknown;
  /** The files of a drop. */
  readonly dataTransfer: { readonly files: Iterable<File>; readonly types: readonly string[] } | null;
  /** The files of a paste. */
  readonly clipboardData: { readonly files: Iterable<File> } | null;
  preventDefault(): void;
}

/** The page's document. */
export const page = (globalThis as unknown as {
  document: Pick<PageElement, "addEventListener" | "querySelectorAll"> & {
    readonly activeElement: PageElement | null;
    readonly body: PageElement;
    createElement(name: string): PageElement;
    querySelector(selector: string): PageElement | null;
  };
}).document;

/** Returns the element of this id, which the page has. */
export function element(id: string): PageElement {
  return page.querySelector(`#${id}`)!;
}
