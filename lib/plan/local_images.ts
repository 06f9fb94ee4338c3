/** The images of an engine, and what can become of one. */

/** An image of the engine. */
export interface LocalImage {
  readonly id: string;
  /** Such as `nginx:1.27`. */
  readonly tags: readonly string[];
  /** Such as `nginx@sha256:…`. */
  readonly digests: readonly string[];
  /** Bytes, with the layers that other images have, too. */
  readonly size: number;
  /** The Compose project that Homeport built it for. */
  readonly builtFor?: string;
}

export interface LocalImages {
  readonly images: readonly LocalImage[];
  /** What containers were made from, by ID, or mount, by name; whether they run or not. */
  readonly used: ReadonlySet<string>;
}

/** `gone`: somebody else was faster. */
export type ImageRemoval =
  | { readonly kind: "removed" }
  | { readonly kind: "gone" }
  | { readonly kind: "in-use"; readonly reason: string };
