package io.culvert.gateway.admin.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.gateway.admin.FailureCategory;
import io.culvert.gateway.admin.OperationException;
import io.culvert.gateway.admin.ViewJson;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;

/** Reads how a request ended: problem documents, and the trailers of a streamed body. */
final class Outcomes {
    private static final int MAX_PROBLEM_BYTES = 64 << 10;

    private Outcomes() {}

    static void requireSuccess(ClassicHttpResponse response, InputStream body) throws IOException, OperationException {
        int status = response.getCode();
        if (status < 200 || status > 299) {
            throw problem(ViewJson.MAPPER.readTree(body.readNBytes(MAX_PROBLEM_BYTES)), status);
        }
    }

    static void requireComplete(HttpExchange exchange) throws IOException, OperationException {
        String outcome = exchange.trailer("Culvert-Outcome").orElse("");
        if (outcome.equals("complete")) {
            return;
        }
        String problem = exchange.trailer("Culvert-Problem").orElse("");
        if (problem.isEmpty()) {
            throw new IOException("the gateway's answer was cut off; see its log");
        }
        try {
            throw problem(ViewJson.MAPPER.readTree(problem), 500);
        } catch (JsonProcessingException e) {
            throw new IOException("the gateway's answer ended with a problem that cannot be read", e);
        }
    }

    static OperationException problem(JsonNode document, int status) {
        String detail = document.path("detail").asText("");
        return new OperationException(
                FailureCategory.ofProblemType(document.path("type").asText("")),
                detail.isEmpty() ? "the gateway answered with status " + status : detail);
    }
}
