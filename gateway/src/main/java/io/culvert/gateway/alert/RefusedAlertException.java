package io.culvert.gateway.alert;

import java.io.IOException;

/** The other side does not want this alert, whenever it is sent: there is no point in trying again. */
final class RefusedAlertException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedAlertException(String message) {
        super(message);
    }
}
