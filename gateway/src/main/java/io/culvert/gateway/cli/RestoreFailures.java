package io.culvert.gateway.cli;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import java.io.IOException;

/** What it means that a restore broke off: the gateway's own reason if it gave one. */
final class RestoreFailures {
    private RestoreFailures() {}

    static FailureCategory category(IOException failure) {
        return failure.getCause() instanceof OperationException operation
                ? operation.category()
                : FailureCategory.FAILED;
    }

    static String sentence(IOException failure) {
        return failure.getCause() instanceof OperationException operation
                ? operation.sentence()
                : "the restore broke off: " + Words.of(failure);
    }
}
