/** The upstream does not speak HTTP/1.x, or broke off (`early`) in the middle of it. */
export class Malformed extends Error {
  readonly early: boolean;
  constructor(message: string, early = false) {
    super(message);
    this.early = early;
  }
}
