import { VitrailError } from "../../../src/errors.ts";
import { recipeFromConfig } from "../../../src/recipes/config.ts";
import { VIDEO_FAMILIES } from "../../../src/recipes/families/clips/video_families.ts";
import { FAMILIES } from "../../../src/recipes/families/families.ts";
import { draws, oneOf } from "./draws.ts";

/** A processor's config with one field, or two, that no published file has. */
export interface HostileConfig {
  /** The class, the fields and what they hold, in one line. */
  name: string;
  /** The config, as `recipeFromConfig` takes it. */
  config: Record<string, unknown>;
  /** True where its samples are clips. */
  clips: boolean;
}

/** Values that a field is not made for, or that ask for more than there is. */
const VALUES: readonly unknown[] = [0, -1, 0.5, NaN, 1, 7, 1024, 1e5, 1e9, 2 ** 53, "x", [], null];

/** Objects and lists that fields of sizes hold, with a value in their places. */
const AROUND: readonly ((value: unknown) => unknown)[] = [
  (value) => ({ height: value, width: value }),
  (value) => ({ height: 64, width: value }),
  (value) => ({ shortest_edge: value, longest_edge: value }),
  (value) => ({ shortest_edge: 3136, longest_edge: value }),
  (value) => ({ shortest_edge: value }),
  (value) => ({ longest_edge: value }),
  (value) => ({ max_height: value, max_width: value }),
  (value) => ({ min_pixels: value, max_pixels: value }),
  (value) => [[value, value]],
];

/** Fields without which a class makes no recipe. */
const WANTED = { draw_on_frames: false, do_crop_margin: false };

/** Fields that switch on what others then count, and those that a class wants. */
const SWITCHES: Readonly<Record<string, unknown>> = {
  crop_to_patches: true,
  do_pan_and_scan: true,
  split_image: true,
  do_image_splitting: true,
  do_center_crop: true,
  do_pad: true,
  vision_aspect_ratio: "anyres_max_9",
  return_codebook_pixels: true,
  ...WANTED,
};

/** The field that every class wants where pictures are cropped. */
const CROPPED = { crop_size: 64 };

/** Fields of a second output, which a class lists only where they are given. */
const PREFIXED = ["high_res_size", "codebook_size", "codebook_crop_size"];

/**
 * Returns configs of every family without end, in an order that the seed decides: a field that holds numbers,
 * with a value that it is not made for, alone or beside a second one, and what switches such fields on.
 */
export function* hostileConfigs(seed: number): Iterable<HostileConfig> {
  const draw = draws(seed), one = <T>(list: readonly T[]) => oneOf(draw, list);
  const classes = hostileClasses();
  while (true) {
    const { type, clips, fields, numbers } = one(classes);
    const chosen = Array.from({ length: 1 + draw(2) }, () => one(numbers));
    const held = Object.fromEntries(chosen.map((field) => {
      const bare = !/size|pinpoints|resolutions/.test(field) || draw(3) === 0;
      return [field, bare ? one(VALUES) : one(AROUND)(one(VALUES))];
    }));
    const switched = Object.entries(SWITCHES).filter(([field]) => fields.includes(field) && draw(3) > 0);
    const on = Object.fromEntries(switched), crop = "do_center_crop" in on ? CROPPED : {};
    const config = { ...type, ...on, ...crop, ...held };
    yield { name: shown(config), config, clips };
  }
}

/** The classes of all families, once they were asked for. */
let known: ReturnType<typeof classOf>[] | undefined;

/** Returns all classes with their fields, which are those that errors name. */
export function hostileClasses() {
  return known ??= [
    ...FAMILIES.flatMap(({ types }) => types.map((type) => classOf(type, false))),
    ...VIDEO_FAMILIES.flatMap(({ types }) => types.map((type) => classOf(type, true))),
  ];
}

/** A class, all fields that it reads, and those of them that hold numbers. */
function classOf(name: string, clips: boolean) {
  const type = { [clips ? "video_processor_type" : "image_processor_type"]: name };
  const fields = refusalOf({ ...type, ...WANTED, no_such: 1 }).split("; it has ")[1].split(", ");
  const wanted = Object.fromEntries(Object.entries(WANTED).filter(([field]) => fields.includes(field)));
  const numbers = [...fields, ...PREFIXED].filter((field) =>
    / is (?!true or false|a text|one of)/.test(refusalOf({ ...type, ...wanted, [field]: -1 }))
  );
  return { type, clips, fields, numbers };
}

/** Returns the message of the error that a config is; an empty text where it is none. */
function refusalOf(config: Record<string, unknown>): string {
  try {
    recipeFromConfig(config);
    return "";
  } catch (error) {
    if (error instanceof VitrailError) return error.message;
    throw error;
  }
}

function shown(config: Record<string, unknown>): string {
  return JSON.stringify(config, (_, value) => Object.is(value, NaN) ? "NaN" : value);
}
