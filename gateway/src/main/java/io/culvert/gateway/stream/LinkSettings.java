package io.culvert.gateway.stream;

import io.culvert.proto.channel.Hello;
import io.culvert.proto.channel.Side;
import io.culvert.proto.channel.WindowBudget;
import io.culvert.proto.frame.BytePool;
import java.util.function.LongSupplier;

/**
 * What a {@link Link} is made with.
 *
 * @param decides whether the own site is the one of the two that decides which of two streams stays
 */
record LinkSettings(
        Side side,
        String peer,
        boolean decides,
        Hello hello,
        SendLimit limit,
        StreamTiming timing,
        LongSupplier ticker,
        BytePool pool,
        WindowBudget windows) {}
