/** A user of the API that a gateway knows by name. */
export interface Consumer {
  readonly id: string;
  readonly username: string;
  readonly customId: string;
  readonly groups: readonly string[];
}
