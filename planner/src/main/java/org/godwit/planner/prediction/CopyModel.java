package org.godwit.planner.prediction;

/** A way to copy memory, as a function of the conditions. */
public sealed interface CopyModel permits SuspendedModel, PreCopyModel, PostCopyModel, HybridCopyModel, MirroringModel,
        ColdModel {

    /** What becomes of one copy. */
    sealed interface Outcome {

        /**
         * It comes to an end.
         *
         * @param totalSeconds T_ALL without preparation: from the first page to the last
         * @param downtimeSeconds without a processor running on either side
         * @param bytes on the wire, without headers
         * @param pageFaults of the guest, answered over the link
         */
        record Completed(double totalSeconds, double downtimeSeconds, double bytes,
                double pageFaults) implements Outcome {}

        /** It never comes to an end by itself. */
        record Unending(String reason) implements Outcome {}
    }

    Outcome outcome(Conditions conditions);
}
