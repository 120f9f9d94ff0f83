/** The limits of a service. Each is of one request, unless it says otherwise. */
export interface ServiceLimits {
  /** Bytes of a body, and as many again of the pictures that are fetched for it. */
  readonly maxBody: number;
  /** Pictures, the frames of clips among them. */
  readonly maxPictures: number;
  /** Pixels that a picture's header, or its given size, may announce. */
  readonly maxPixels: number;
  /** Characters of a body's JSON without its pictures: template and tokenizer keep all others waiting. */
  readonly maxText: number;
  /** Tokens that its pictures may become in a text. */
  readonly maxTokens: number;
  /** The time until the last byte of its answer has gone, ms. */
  readonly timeout: number;
  /** Requests that are answered at one time. */
  readonly inFlight: number;
  /** Bytes of all bodies that are held at one time, as many of all that is fetched, and of all results. */
  readonly inFlightBytes: number;
}

/** The limits where nobody says otherwise. */
export const DEFAULT_LIMITS: ServiceLimits = {
  maxBody: 2 ** 26,
  maxPictures: 64,
  maxPixels: 178_956_970,
  maxText: 2 ** 20,
  maxTokens: 2 ** 18,
  timeout: 60_000,
  inFlight: 256,
  inFlightBytes: 2 ** 30,
};
