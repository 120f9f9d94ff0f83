/** The working memory that all runs of an engine share. It is granted in the order of asking. */
export class Budget {
  #free: number;
  readonly #waiting: { bytes: number; grant: () => void }[] = [];

  /** Creates a budget of so many bytes. */
  constructor(bytes: number) {
    this.#free = bytes;
  }

  /**
   * Waits until so many bytes are free, and takes them. More than the whole budget would be waited for in
   * vain.
   */
  take(bytes: number): Promise<void> {
    return new Promise((grant) => {
      this.#waiting.push({ bytes, grant });
      this.#grant();
    });
  }

  /** Takes so many bytes where they are free now; says if they were. */
  takeFree(bytes: number): boolean {
    if (this.#waiting.length > 0 || bytes > this.#free) return false;
    this.#free -= bytes;
    return true;
  }

  /** Gives bytes back. */
  give(bytes: number): void {
    this.#free += bytes;
    this.#grant();
  }

  #grant(): void {
    while (this.#waiting.length > 0 && this.#waiting[0].bytes <= this.#free) {
      const { bytes, grant } = this.#waiting.shift()!;
      this.#free -= bytes;
      grant();
    }
  }
}
