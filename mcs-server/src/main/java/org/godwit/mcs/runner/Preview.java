package org.godwit.mcs.runner;

import java.util.List;
import org.godwit.mcs.precheck.Finding;
import org.godwit.mcs.precheck.Forecast;
import org.godwit.mcs.workflow.Itinerary;
import org.godwit.mcs.workflow.Plan;

/**
 * What a migration would do now.
 *
 * @param steps empty when the VM's interface is not known
 */
public record Preview(Plan plan, List<Finding> findings, List<Itinerary.Step> steps, Forecast forecast) {

    public Preview {
        findings = List.copyOf(findings);
        steps = List.copyOf(steps);
    }

    public boolean wouldGo() {
        return forecast.choice().isPresent() && findings.stream().noneMatch(Finding::isError);
    }
}
