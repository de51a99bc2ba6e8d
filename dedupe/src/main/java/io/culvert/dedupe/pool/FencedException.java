package io.culvert.dedupe.pool;

import java.io.IOException;

/** A write by an owner that has been replaced: a higher fence was seen. It must stop at once and not try again. */
public final class FencedException extends IOException {

    private static final long serialVersionUID = 1L;

    FencedException(String dataset, Fence offered, Fence highest) {
        super("dataset " + dataset + " has a newer owner: fence " + offered + " came after " + highest);
    }
}
