package org.godwit.mcs.precheck;

import java.util.ArrayList;
import java.util.List;
import org.godwit.mcs.precheck.Finding.Severity;

/** What one check has to say. */
final class Findings {

    private final Check check;
    private final List<Finding> all = new ArrayList<>();

    Findings(Check check) {
        this.check = check;
    }

    void error(String problem, String remedy) {
        all.add(new Finding(check, Severity.ERROR, problem, remedy));
    }

    void warning(String problem, String remedy) {
        all.add(new Finding(check, Severity.WARNING, problem, remedy));
    }

    /** Nobody knows; that stops a migration only where it would be reckless not to know. */
    void unknown(String host, String reason) {
        all.add(new Finding(check, check.isVital() ? Severity.ERROR : Severity.WARNING,
                "could not be checked at " + host + ": " + reason,
                check.isVital() ? "Remove the cause and try again." : "Make sure of it yourself."));
    }

    List<Finding> all() {
        return List.copyOf(all);
    }
}
