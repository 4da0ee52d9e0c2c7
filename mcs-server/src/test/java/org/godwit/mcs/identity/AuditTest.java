package org.godwit.mcs.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import org.godwit.mcs.store.AuditStore;
import org.godwit.mcs.store.Database;
import org.godwit.protocol.rest.Resources.AuditEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditTest {

    @TempDir
    Path folder;

    @Test
    void onceItIsClosedNothingIsWrittenAndWhoeverAsksForItIsTold() throws IOException {
        InstantSource clock = InstantSource.system();
        try (Database database = Database.open(folder)) {
            Audit audit = Audit.open(CertificateAuthority.open(folder, clock), new AuditStore(database), folder, clock);
            audit.close();
            String head = Files.readString(folder.resolve("audit.head"));
            assertThatThrownBy(() -> audit.refused("nobody", "-", "session", "no certificate"))
                    .hasRootCauseMessage("it is closed");
            assertThat(Files.readString(folder.resolve("audit.head"))).isEqualTo(head);
            assertThat(audit.after(0, 10)).extracting(AuditEntry::action).containsExactly("start");
        }
    }
}
