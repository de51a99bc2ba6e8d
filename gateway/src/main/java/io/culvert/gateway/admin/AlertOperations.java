package io.culvert.gateway.admin;

import java.util.List;

/** What concerns alerts. */
public interface AlertOperations {

    /** What is wrong now, and how it stands with the channels that people are told by. */
    AlertsView alerts() throws OperationException;

    /**
     * Sends a test by each channel, and waits until each has taken it or failed.
     *
     * @throws OperationException {@code USAGE} if the site file names none
     */
    List<AlertTestView> testAlerts() throws OperationException;
}
