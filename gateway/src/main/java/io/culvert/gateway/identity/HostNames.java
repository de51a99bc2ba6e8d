package io.culvert.gateway.identity;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.util.IPAddress;

/** Host names and addresses as the names in a certificate. */
final class HostNames {
    static final int MAX_NAMES = 16;
    private static final Pattern DNS =
            Pattern.compile("(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9-]{0,62})" + "(\\.[A-Za-z0-9]([A-Za-z0-9-]{0,62}))*");

    private HostNames() {}

    /** @throws IllegalArgumentException if a host is neither a DNS name nor an address, or there are too many */
    static GeneralNames generalNames(List<String> hosts, GeneralName... first) {
        if (hosts.size() > MAX_NAMES) {
            throw new IllegalArgumentException("hostNames must be at most " + MAX_NAMES + ", were " + hosts.size());
        }
        List<GeneralName> names = new ArrayList<>();
        Collections.addAll(names, first);
        hosts.stream().distinct().map(HostNames::generalName).forEach(names::add);
        return new GeneralNames(names.toArray(GeneralName[]::new));
    }

    private static GeneralName generalName(String host) {
        if (IPAddress.isValid(host)) {
            return new GeneralName(GeneralName.iPAddress, host);
        }
        if (DNS.matcher(host).matches()) {
            return new GeneralName(GeneralName.dNSName, host);
        }
        throw new IllegalArgumentException("a host name must be a DNS name or an address, was \"" + host + "\"");
    }
}
