package org.godwit.lab.experiment.streaming;

import java.util.List;
import org.godwit.lab.bench.Landing;

/** What a viewer sees of the pictures that he gets. */
final class Playout {

    /**
     * Of one who shows every picture when it is due, or not at all.
     *
     * @param lost did not come
     * @param late came after they were due
     * @param frozenMs the longest time for which one picture stood instead of those that did not come or were late; 0 when none was
     */
    record Live(int shown, int lost, int late, double frozenMs) {}

    /**
     * Of one who waits for what is late.
     *
     * @param rebufferings how often he had nothing left to show
     * @param rebufferedMs how long he waited then, all in all
     */
    record Patient(int shown, int rebufferings, double rebufferedMs) {}

    private Playout() {}

    /**
     * @param frames in the order in which they are to be shown, at least one
     * @param bufferUs how long after its arrival the first is due
     */
    static Live live(List<Frame> frames, long bufferUs) {
        Frame first = frames.getFirst();
        int shown = 0;
        long lastShownUs = first.mediaUs();
        long frozenUs = 0;
        for (Frame frame : frames) {
            long dueUs = first.atUs() + bufferUs + frame.mediaUs() - first.mediaUs();
            if (frame.atUs() <= dueUs) {
                shown++;
                frozenUs = Math.max(frozenUs, frame.mediaUs() - lastShownUs - Frame.INTERVAL_US);
                lastShownUs = frame.mediaUs();
            }
        }
        frozenUs = Math.max(frozenUs, frames.getLast().mediaUs() - lastShownUs);
        long all = (frames.getLast().mediaUs() - first.mediaUs()) / Frame.INTERVAL_US + 1;
        return new Live(shown, Math.toIntExact(all - frames.size()), frames.size() - shown, Landing.ms(0, frozenUs));
    }

    /**
     * @param frames in order, without a gap, at least one
     * @param bufferUs how much of the stream he wants to have before he shows the first, and again when nothing was left
     */
    static Patient patient(List<Frame> frames, long bufferUs) {
        int rebufferings = 0;
        long rebufferedUs = 0;
        long shiftUs = filled(frames, 0, bufferUs) - frames.getFirst().mediaUs();
        for (int each = 0; each < frames.size(); each++) {
            Frame frame = frames.get(each);
            if (frame.atUs() > frame.mediaUs() + shiftUs) {
                long goesOnUs = filled(frames, each, bufferUs);
                rebufferings++;
                rebufferedUs += goesOnUs - (frame.mediaUs() + shiftUs);
                shiftUs = goesOnUs - frame.mediaUs();
            }
        }
        return new Patient(frames.size(), rebufferings, Landing.ms(0, rebufferedUs));
    }

    /** When he had so much from a picture on; when he had the last, where that is less. */
    private static long filled(List<Frame> frames, int from, long bufferUs) {
        long enoughUs = frames.get(from).mediaUs() + bufferUs;
        return frames.subList(from, frames.size()).stream().filter(frame -> frame.mediaUs() >= enoughUs).findFirst()
                .orElse(frames.getLast()).atUs();
    }
}
