package org.godwit.guest;

/**
 * How often something may happen.
 *
 * @param perSecond on average, at least 1
 * @param burst at once after a pause, at least 1
 */
record Rate(int perSecond, int burst) {

    Rate {
        if (perSecond < 1 || burst < 1) {
            throw new IllegalArgumentException(
                    "a rate is at least 1 a second and at least 1 at once, got " + perSecond + " and " + burst);
        }
    }
}
