package org.godwit.operation.configuration;

import java.util.Collection;
import java.util.Comparator;

/** What somebody may have meant. */
public final class Suggestion {

    private Suggestion() {}

    /** A sentence about a key that is none of the known ones. */
    public static String unknown(String key, Collection<String> known) {
        return known.stream().filter(other -> distance(key, other) <= Math.max(2, other.length() / 3))
                .min(Comparator.comparingInt(other -> distance(key, other)))
                .map(nearest -> "is no setting: did you mean \"" + nearest + "\"?")
                .orElseGet(() -> "is no setting: known are " + String.join(", ", known));
    }

    /** How many letters have to be inserted, removed, replaced, or to change places with their neighbours. */
    static int distance(String a, String b) {
        int[][] steps = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                steps[i][j] = i == 0 || j == 0 ? i + j : least(steps, a, b, i, j);
            }
        }
        return steps[a.length()][b.length()];
    }

    private static int least(int[][] steps, String a, String b, int i, int j) {
        int replaced = steps[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int fewest = Math.min(replaced, 1 + Math.min(steps[i - 1][j], steps[i][j - 1]));
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(fewest, steps[i - 2][j - 2] + 1) : fewest;
    }
}
