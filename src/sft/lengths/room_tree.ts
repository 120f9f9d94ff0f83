/**
 * The room that is left in each of several packs, as a tree: a node has the most room of the packs below it.
 *
 *              9             the first pack that has room for 5 is found from the root down,
 *         4         9        by the left child where that has enough
 *       1   4     6   9
 */
export class RoomTree {
  readonly #leaves: number;
  /** The root stands at 1, the children of `node` at `2 node` and `2 node + 1`. */
  readonly #rooms: Float64Array;

  /** Creates as many empty packs as there may be, `packs`, each with `capacity` tokens of room. */
  constructor(packs: number, capacity: number) {
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(1, packs)));
    this.#rooms = new Float64Array(2 * this.#leaves).fill(capacity);
  }

  /** Takes `length` of the room of the first pack that has so much, and returns that pack's index. */
  take(length: number): number {
    const rooms = this.#rooms;
    let node = 1;
    while (node < this.#leaves) {
      node *= 2;
      if (rooms[node] < length) node++;
    }
    const pack = node - this.#leaves;
    rooms[node] -= length;
    while (node > 1) {
      node = Math.floor(node / 2);
      rooms[node] = Math.max(rooms[2 * node], rooms[2 * node + 1]);
    }
    return pack;
  }
}
