package org.godwit.guest;

import java.nio.file.Path;
import java.util.Optional;
import org.godwit.protocol.guest.GuestRequest.Stage;
import org.godwit.shim.KernelDataPlane;

/** Takes away what an agent, gone or not, has put into this network namespace. Interfaces and their addresses stay as they are. */
record Uninstallation(Interfaces interfaces) {

    void run(Path pinFolder) {
        Optional<Stage> staged = KernelDataPlane.noteIn(pinFolder).flatMap(Memory::of).flatMap(Memory::stage);
        KernelDataPlane.uninstall(pinFolder);
        staged.ifPresent(stage -> interfaces.nics().stream().filter(nic -> nic.mac().equals(stage.interfaceMac()))
                .forEach(nic -> interfaces.settle(nic, stage.gateway())));
    }
}
