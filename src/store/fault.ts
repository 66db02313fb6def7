/** What went wrong with a database, in words that hold no value of it. */
export interface DatabaseFault {
  /**
   * `schema`: tables or columns are not as we made them. `constraint`: a rule of the database forbids the values.
   * `conflict`: another program was in the way; nothing took effect and the transaction can be repeated. `lost`: the
   * connection broke, so whether the last statement took effect is not known.
   */
  readonly kind:
    | "absent"
    | "busy"
    | "conflict"
    | "constraint"
    | "corrupt"
    | "forbidden"
    | "login"
    | "lost"
    | "schema"
    | "unreachable";
  /** The end of a sentence that begins with the database's name. */
  readonly text: string;
  /** What to do about it, where that can be said more exactly than for all faults of the kind. */
  readonly mend?: string;
}
