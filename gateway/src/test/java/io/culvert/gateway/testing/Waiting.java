package io.culvert.gateway.testing;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Tag;

/**
 * A class of tests that mostly waits for other processes: for leases to end, members to elect, lines to come back. The check runs such classes
 * beside each other, and behind those that keep the host busy. Each has its own directories, ports and network namespaces.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Tag("waiting")
public @interface Waiting {}
