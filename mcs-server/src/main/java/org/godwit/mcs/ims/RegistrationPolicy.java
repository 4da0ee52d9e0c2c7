package org.godwit.mcs.ims;

import java.time.Duration;

/**
 * What an owner may register of its own HoA. A home gateway's registrations for others are bounded by its prefix instead.
 *
 * @param fromMoaOnly whether the MoA must be the address that the registration comes from: who has a key for one HoA could
 *        otherwise say that it is at anybody's address, and its peers would send there
 * @param perMinute how many of one owner are taken in the long run, each of which is a write to the disk; 1 to 60,000,000
 * @param burst how many at once, after a silence; 1 to 1,000,000
 */
public record RegistrationPolicy(boolean fromMoaOnly, int perMinute, int burst) {

    /**
     * Room for an owner that registers every minute, four times each as if answers were lost, and moves a few times; and for no
     * more than one write a second of whoever does not keep to that.
     */
    public static final RegistrationPolicy CHECKED = new RegistrationPolicy(true, 60, 20);

    /** For load rigs: any address, as often as they like. */
    public static final RegistrationPolicy UNCHECKED = new RegistrationPolicy(false, 60_000_000, 1_000_000);

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    /** @throws IllegalArgumentException when a value is out of its range */
    public RegistrationPolicy {
        if (perMinute < 1 || perMinute > 60_000_000) {
            throw new IllegalArgumentException("perMinute must be 1 to 60000000, got " + perMinute);
        }
        if (burst < 1 || burst > 1_000_000) {
            throw new IllegalArgumentException("burst must be 1 to 1000000, got " + burst);
        }
    }

    /** @throws IllegalArgumentException when the text is not {@code checked} or {@code unchecked} */
    public static RegistrationPolicy of(String text) {
        return switch (text) {
            case "checked" -> CHECKED;
            case "unchecked" -> UNCHECKED;
            default -> throw new IllegalArgumentException("must be checked or unchecked, got \"" + text + "\"");
        };
    }

    /** Nanoseconds between two registrations of an owner in the long run. */
    long interval() {
        return MINUTE / perMinute;
    }

    /** How far the time of rest of an owner may be ahead: what it has registered at once, in nanoseconds. */
    long depth() {
        return interval() * (burst - 1);
    }
}
