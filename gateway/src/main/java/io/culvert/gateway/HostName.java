package io.culvert.gateway;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** What this machine is called, for people. */
final class HostName {

    private HostName() {}

    static String ofThisMachine() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "a-host-without-a-name";
        }
    }
}
