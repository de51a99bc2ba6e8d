package io.culvert.gateway.admin.http;

import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;

/**
 * A problem document (RFC 9457).
 *
 * @param detail the one sentence for people
 */
record Problem(String type, String title, int status, String detail) {
    static final String MEDIA_TYPE = "application/problem+json";

    static Problem of(OperationException failure) {
        FailureCategory category = failure.category();
        return new Problem(category.problemType(), category.title(), category.httpStatus(), failure.sentence());
    }

    /** Of who may not do it. */
    static Problem refused(String detail) {
        return new Problem(FailureCategory.REFUSED.problemType(), FailureCategory.REFUSED.title(), 403, detail);
    }

    /** Of the protocol, not of an operation. */
    static Problem ofStatus(int status, String title, String detail) {
        FailureCategory category = status >= 500 ? FailureCategory.FAILED : FailureCategory.USAGE;
        return new Problem(status == 401 ? "about:blank" : category.problemType(), title, status, detail);
    }
}
