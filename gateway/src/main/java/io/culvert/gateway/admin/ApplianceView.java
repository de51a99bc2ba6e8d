package io.culvert.gateway.admin;

import java.util.List;

/**
 * An appliance with its programs and connections.
 *
 * @param connections by port and client, the first {@value #MAX_CONNECTIONS}; its figures count all
 */
public record ApplianceView(ApplianceStatus status, ProgramsView programs, List<ConnectionView> connections) {

    public static final int MAX_CONNECTIONS = 1_000;

    public ApplianceView {
        connections = List.copyOf(connections);
    }
}
