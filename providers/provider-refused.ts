/** A provider understood what was asked of it and said no. The message is its own words; no secret stands in them. */
export class ProviderRefused extends Error {
  constructor(
    message: string,
    /** The provider's own code. */
    readonly code: string | null,
  ) {
    super(message);
    this.name = 'ProviderRefused';
  }
}
