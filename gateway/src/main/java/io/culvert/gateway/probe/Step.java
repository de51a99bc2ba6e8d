package io.culvert.gateway.probe;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One thing that was tried.
 *
 * @param name such as {@code connect}
 * @param target what it was tried on, such as {@code port 111}; empty for the host
 * @param result a word or a few
 * @param millis that it took
 * @param details more, by name; in order
 */
public record Step(String name, String target, String result, long millis, Map<String, String> details) {
    public Step {
        details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
    }
}
