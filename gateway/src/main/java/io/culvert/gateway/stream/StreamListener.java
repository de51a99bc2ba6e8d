package io.culvert.gateway.stream;

/** Hears of streams that come and go, and logs it; called on one virtual thread, in order. */
public interface StreamListener {

    void up(String peer);

    void down(String peer, String why);
}
