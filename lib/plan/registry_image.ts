/** What a registry has under a name. */
export interface RegistryImage {
  /** `sha256:…`, of the image or of the list of its platforms. */
  readonly digest: string;
  /** Such as `linux/arm64`. Empty: it does not say. */
  readonly platforms: readonly string[];
  /** Whether one of them is what was asked for: the reference's platform, or the host's. */
  readonly isOffered: boolean;
}
