package io.culvert.dedupe.tree;

/** What comes next when a file or volume is read from front to back. */
public sealed interface Piece {

    /** Bytes that were put into the caller's buffer; at least one. */
    record Data(int lengthBytes) implements Piece {}

    /** Zeros that take no room; at least one. Two holes may follow each other. */
    record Hole(long lengthBytes) implements Piece {}

    /** Nothing more. */
    record End() implements Piece {}
}
