import type { ServiceParts } from "../service_parts.ts";
import type { PictureSources } from "./given_picture.ts";
import type { ReadRequest } from "./request_fields.ts";

/** Returns the places that a request's pictures may come from; `whole` asks for their bytes. */
export function pictureSources(
  { parts, room }: ReadRequest,
  { limits, hosts, settings }: ServiceParts,
  signal: AbortSignal,
  whole: boolean,
): PictureSources {
  const { maxPixels, timeout } = limits;
  return { parts, hosts, room, maxPixels, timeout, whole, orient: settings.orient, signal };
}
