import manifest from "../../deno.json" with { type: "json" };

/** Vitrail's version. */
export const VERSION: string = manifest.version;
