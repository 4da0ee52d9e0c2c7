package org.godwit.host.command;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.godwit.host.disk.ArrivingDisks;
import org.godwit.host.disk.GoldenImages;
import org.godwit.host.disk.DiskSurvey;
import org.godwit.host.disk.LeavingDisks;
import org.godwit.host.hypervisor.Hypervisor;
import org.godwit.host.program.Programs;

/** What sends and takes disks, for VMs that have none. */
final class DiskParts {

    private static final Programs PROGRAMS = new Programs(List.of(), Duration.ofSeconds(10));

    static final DiskSurvey SURVEY = new DiskSurvey(PROGRAMS);

    private DiskParts() {}

    static LeavingDisks leaving(Hypervisor hypervisor, Path folder) {
        return new LeavingDisks(hypervisor, PROGRAMS, folder.resolve("disks"),
                new LeavingDisks.Road(Optional.empty(), 0, () -> 0, Duration.ofSeconds(10), Duration.ofSeconds(1)));
    }

    static ArrivingDisks arriving(Hypervisor hypervisor, Path folder) {
        return new ArrivingDisks(hypervisor, PROGRAMS, folder.resolve("disks"), GoldenImages.none(), _ -> false,
                () -> Instant.EPOCH);
    }
}
