package org.godwit.guest.ims;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import org.godwit.model.AddressBinding;
import org.godwit.model.HomeAddress;
import org.godwit.model.MobileAddress;
import org.godwit.protocol.lisp.Mapping;

/** A question that waits for its answer. Times are of a nanosecond ticker. */
sealed interface Exchange {

    /** How often it is sent. */
    int ATTEMPTS = 4;

    /** From the first time to the second; doubles each time: the answer is given up after 3.75 s. */
    long PATIENCE_FIRST = Duration.ofMillis(250).toNanos();

    Sending sending();

    void fail();

    /** Where is the HoA? */
    record Forward(HomeAddress hoa, CompletableFuture<Optional<Mapping>> answer, Sending sending) implements Exchange {
        @Override
        public void fail() {
            answer.completeExceptionally(new ImsSilentException("where is " + hoa + "?"));
        }
    }

    /** Whose is the MoA? */
    record Reverse(MobileAddress moa, CompletableFuture<Optional<AddressBinding>> answer, Sending sending)
            implements
                Exchange {
        @Override
        public void fail() {
            answer.completeExceptionally(new ImsSilentException("whose MoA is " + moa + "?"));
        }
    }

    /** The own HoA is there, or a plain correspondent for which we speak. Empty: it is nowhere any more. */
    record Register(HomeAddress hoa, Optional<MobileAddress> moa, CompletableFuture<Boolean> answer, Sending sending)
            implements
                Exchange {
        @Override
        public void fail() {
            answer.completeExceptionally(new ImsSilentException("registering " + hoa));
        }
    }

    /** The repetitions of one question. Each has its own nonce, and the answer to each counts. */
    final class Sending {

        private final LongFunction<byte[]> frame;
        private final List<Long> nonces = new ArrayList<>();
        private long nextAt;

        Sending(LongFunction<byte[]> frame) {
            this.frame = frame;
        }

        byte[] next(long nonce, long now) {
            nextAt = now + (PATIENCE_FIRST << nonces.size());
            nonces.add(nonce);
            return frame.apply(nonce);
        }

        boolean isDue(long now) {
            return now - nextAt >= 0;
        }

        boolean isExhausted() {
            return nonces.size() >= ATTEMPTS;
        }

        boolean sent(long nonce) {
            return nonces.contains(nonce);
        }

        /** The local address has changed: what was sent from the old one is not answered any more. */
        void beginAgain(long now) {
            nonces.clear();
            nextAt = now;
        }
    }
}
