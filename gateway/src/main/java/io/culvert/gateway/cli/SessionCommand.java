package io.culvert.gateway.cli;

import java.util.concurrent.Callable;

/** A command that does something; returns its exit code. */
abstract class SessionCommand implements Callable<Integer> {
    final Session session;

    SessionCommand(Session session) {
        this.session = session;
    }
}
