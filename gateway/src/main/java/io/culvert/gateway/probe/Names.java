package io.culvert.gateway.probe;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** A name service. */
@FunctionalInterface
interface Names {

    /** All addresses, in the order in which they should be tried. @throws UnknownHostException if there are none */
    InetAddress[] lookUp(String name) throws UnknownHostException;
}
