/** The limits of a service. Each is of one request, unless it says otherwise. */
export interface ServiceLimits {
  /** Bytes of a body. */
  readonly maxBody: number;
  /** Pictures, the frames of clips among them. */
  readonly maxPictures: number;
  /** Pixels that a picture's header, or its given size, may announce. */
  readonly maxPixels: number;
  /** Characters of a body's JSON without its pictures: template and tokenizer keep all others waiting. */
  readonly maxText: number;
  /** The time until the last byte of its answer has gone, ms. */
  readonly timeout: number;
  /** Requests that are answered at one time. */
  readonly inFlight: number;
  /** Bytes of all bodies that are held at one time, and as many again of all results. */
  readonly inFlightBytes: number;
}

/** The limits where nobody says otherwise. */
export const DEFAULT_LIMITS: ServiceLimits = {
  maxBody: 2 ** 26,
  maxPictures: 64,
  maxPixels: 178_956_970,
  maxText: 2 ** 20,
  timeout: 60_000,
  inFlight: 256,
  inFlightBytes: 2 ** 30,
};
