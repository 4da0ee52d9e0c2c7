package org.godwit.lab.experiment.streaming;

import org.godwit.lab.experiment.Run;

/**
 * One migration under two viewers.
 *
 * @param load of the machine when it began, the mean of one minute
 * @param pauseMs how long the vCPUs stood still, by QEMU's own clock
 * @param untilPauseMs from the order until they stood still
 * @param rtpFrames pictures that the viewer by RTP has shown
 * @param rtpLost that did not come whole
 * @param rtpLate that came too late to be shown
 * @param rtpFrozenMs the longest time for which one picture stood instead
 * @param rtpSilentMs the longest time without one whole picture
 * @param httpFrames pictures that the viewer by HTTP got
 * @param httpRebufferings how often he had nothing left to show
 * @param httpRebufferedMs how long he waited then, all in all
 * @param httpSilentMs the longest time without one
 */
public record StreamingRun(int run, String trial, String target, double load, double pauseMs, double untilPauseMs,
        double rtpFrames, double rtpLost, double rtpLate, double rtpFrozenMs, double rtpSilentMs, double httpFrames,
        double httpRebufferings, double httpRebufferedMs, double httpSilentMs) implements Run {}
