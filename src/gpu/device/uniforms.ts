/** The WGSL types that fields of uniform structs have here. */
export type FieldType = keyof typeof TYPES;

/** The value of a field: a number, or a vector's or a matrix's components. */
type FieldValue<T extends FieldType> = T extends "i32" | "u32" | "f32" ? number : ArrayLike<number>;

/** The values of all fields by name. */
export type FieldValues<F extends Record<string, FieldType>> = { [Name in keyof F]: FieldValue<F[Name]> };

/** A uniform struct: its fields in WGSL's order, and the bytes of their values. */
export interface UniformStruct<F extends Record<string, FieldType>> {
  /** Its fields' types by name, in the order of the shader's. */
  readonly fields: F;
  /** Bytes of the struct, a multiple of 16. */
  readonly size: number;
  /** Returns the struct's bytes, as WGSL lays it out, little-endian. */
  bytes(values: FieldValues<F>): ArrayBuffer;
}

/**
 * The types' layout: `words` components of 32 bits, and `align`, bytes. A `mat3x3f` has three columns, each
 * of three numbers and a gap. Source: WGSL, "Alignment and Size".
 */
const TYPES = {
  i32: { words: 1, align: 4, write: "setInt32" },
  u32: { words: 1, align: 4, write: "setUint32" },
  f32: { words: 1, align: 4, write: "setFloat32" },
  vec2i: { words: 2, align: 8, write: "setInt32" },
  vec2u: { words: 2, align: 8, write: "setUint32" },
  vec3u: { words: 3, align: 16, write: "setUint32" },
  vec3f: { words: 3, align: 16, write: "setFloat32" },
  vec4u: { words: 4, align: 16, write: "setUint32" },
  vec4i: { words: 4, align: 16, write: "setInt32" },
  mat3x3f: { words: 12, align: 16, write: "setFloat32" },
} as const;

/**
 * Describes a kernel's `struct Params`. `uniforms_test.ts` holds its fields to the shader's, by name, type
 * and order.
 *
 * ```ts
 * import { struct } from "./uniforms.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const Params = struct({ count: "u32", region: "vec4i" });
 * const words = new Int32Array(Params.bytes({ count: 7, region: [-1, 2, 3, 4] }));
 * assertEquals([...words], [7, 0, 0, 0, -1, 2, 3, 4]); // a vec4i begins at a multiple of 16 bytes
 * ```
 */
export function struct<const F extends Record<string, FieldType>>(fields: F): UniformStruct<F> {
  const offsets: Record<string, number> = {};
  let end = 0;
  for (const [name, type] of Object.entries(fields)) {
    const { words, align } = TYPES[type];
    offsets[name] = Math.ceil(end / align) * align;
    end = offsets[name] + words * 4;
  }
  const size = Math.ceil(end / 16) * 16;
  return {
    fields,
    size,
    bytes(values) {
      const view = new DataView(new ArrayBuffer(size));
      for (const [name, type] of Object.entries(fields)) {
        const { words, write } = TYPES[type], value: number | ArrayLike<number> = values[name];
        for (let word = 0; word < words; word++) {
          const component = typeof value === "number" ? value : value[word];
          view[write](offsets[name] + word * 4, component, true);
        }
      }
      return view.buffer;
    },
  };
}
