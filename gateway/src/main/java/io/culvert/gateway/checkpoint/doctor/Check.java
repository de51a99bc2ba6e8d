package io.culvert.gateway.checkpoint.doctor;

/**
 * One thing that was looked at.
 *
 * @param name what, in a word or two
 * @param value what was found
 * @param limit what it should be
 * @param advice what follows and what to do, a sentence; empty if all is well
 */
public record Check(String name, Verdict verdict, String value, String limit, String advice) {

    /** From good to bad. */
    public enum Verdict {
        OK,
        /** It could not be learned. */
        UNKNOWN,
        /** To be looked after. */
        WARNING,
        /** Something does not work, or will soon not. */
        CRITICAL
    }

    static Check ok(String name, String value, String limit) {
        return new Check(name, Verdict.OK, value, limit, "");
    }

    static Check unknown(String name, String limit, String why) {
        return new Check(name, Verdict.UNKNOWN, "-", limit, why);
    }

    /** Well, or of this verdict. */
    static Check of(String name, boolean well, Verdict otherwise, String value, String limit, String advice) {
        return well ? ok(name, value, limit) : new Check(name, otherwise, value, limit, advice);
    }
}
