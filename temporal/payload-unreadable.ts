/**
 * A payload that says it is encrypted, and that this secret does not open. It stands apart from the codec, so that the
 * endpoint's URL can be told without loading protobuf (31 MB).
 */
export class PayloadUnreadable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PayloadUnreadable';
  }
}
