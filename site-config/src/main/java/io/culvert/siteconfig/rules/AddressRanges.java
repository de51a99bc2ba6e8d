package io.culvert.siteconfig.rules;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Addresses, networks and ranges of one family as the fewest ranges: two lists of the same addresses give the same. */
final class AddressRanges {

    private record Range(BigInteger low, BigInteger high, int bytes) {
        String text() {
            return low.equals(high) ? address(low) : address(low) + "-" + address(high);
        }

        boolean isJoinedBy(Range next) {
            return bytes == next.bytes && next.low.compareTo(high.add(BigInteger.ONE)) <= 0;
        }

        private String address(BigInteger number) {
            byte[] all = new byte[bytes];
            byte[] least = number.toByteArray(); // may have a zero more in front, or fewer
            int count = Math.min(bytes, least.length);
            System.arraycopy(least, least.length - count, all, bytes - count, count);
            try {
                return AddressText.of(InetAddress.getByAddress(all));
            } catch (UnknownHostException e) {
                throw new IllegalStateException("an address has 4 or 16 bytes, this one " + bytes, e);
            }
        }
    }

    private AddressRanges() {}

    /** @param values such as 192.0.2.1, 192.0.2.0/24, 192.0.2.1-192.0.2.9; if any is none of these, they are only put in order */
    static List<String> merged(List<String> values) {
        List<Range> ranges = new ArrayList<>();
        try {
            values.forEach(value -> ranges.add(range(value)));
        } catch (IllegalArgumentException e) {
            return values.stream().sorted().toList();
        }
        ranges.sort(Comparator.comparing(Range::bytes).thenComparing(Range::low));
        List<Range> merged = new ArrayList<>();
        for (Range next : ranges) {
            if (!merged.isEmpty() && merged.getLast().isJoinedBy(next)) {
                Range last = merged.removeLast();
                merged.add(new Range(last.low(), last.high().max(next.high()), last.bytes()));
            } else {
                merged.add(next);
            }
        }
        return merged.stream().map(Range::text).toList();
    }

    private static Range range(String value) {
        int dash = value.indexOf('-');
        int slash = value.indexOf('/');
        if (dash >= 0) {
            byte[] low = InetAddress.ofLiteral(value.substring(0, dash)).getAddress();
            byte[] high = InetAddress.ofLiteral(value.substring(dash + 1)).getAddress();
            return new Range(new BigInteger(1, low), new BigInteger(1, high), low.length);
        }
        byte[] address = InetAddress.ofLiteral(slash < 0 ? value : value.substring(0, slash))
                .getAddress();
        int bits = slash < 0 ? address.length * Byte.SIZE : Integer.parseInt(value.substring(slash + 1));
        BigInteger size = BigInteger.ONE.shiftLeft(address.length * Byte.SIZE - bits);
        BigInteger low = new BigInteger(1, address).divide(size).multiply(size);
        return new Range(low, low.add(size).subtract(BigInteger.ONE), address.length);
    }
}
