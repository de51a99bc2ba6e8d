package io.culvert.gateway.address;

import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicBoolean;

/** Takes an address in whatever network namespace it is started, and keeps it until standard input ends. */
final class AddressHolder {

    private AddressHolder() {}

    public static void main(String[] arguments) throws Exception {
        AtomicBoolean owned = new AtomicBoolean(true);
        try (HostAddresses addresses = HostAddresses.start()) {
            addresses.take(InetAddress.getByName(arguments[0]), owned::get);
            System.out.println("taken");
            while (System.in.read() >= 0) {
                owned.set(false); // a byte: the claim is lost, and nobody says so
            }
        }
    }
}
