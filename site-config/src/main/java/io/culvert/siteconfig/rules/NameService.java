package io.culvert.siteconfig.rules;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Looks host names up. */
@FunctionalInterface
public interface NameService {
    /** Returns all addresses of a name. @throws UnknownHostException if it has none, or nobody answers */
    List<InetAddress> addresses(String host) throws UnknownHostException;
}
