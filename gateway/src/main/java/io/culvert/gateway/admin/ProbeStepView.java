package io.culvert.gateway.admin;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One thing that a probe tried.
 *
 * @param step name, ping, route, connect, payload, udp, mtu, tls, throughput or quarantine
 * @param target what it was tried on, such as {@code port 111}; empty for the host
 * @param details more figures by name
 */
public record ProbeStepView(String step, String target, String result, long millis, Map<String, String> details) {
    public ProbeStepView {
        details = Collections.unmodifiableMap(new LinkedHashMap<>(details));
    }
}
