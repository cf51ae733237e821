package io.kvgrid;

/** What became of an operation that was not acknowledged. */
public enum Outcome {
    /** It had no effect and never will have one. */
    NOT_APPLIED,
    /** It may have been applied, or may yet be. Repeating it with the same operation id is safe. */
    UNKNOWN
}
