package org.godwit.cli;

import picocli.CommandLine.Command;

@Command(name = "binding", description = "Bindings: which Mobile Addresses a Home Address has, as the mapping server knows them.", footerHeading = "%nExample:%n", footer = "  godwit binding list")
record BindingCommand(GodwitCommand godwit) {

    @Command(name = "list", description = "List all bindings: active, staged and retired.", footerHeading = "%nExample:%n", footer = "  godwit binding list -o json")
    void list() {
        try (Desk desk = godwit.desk()) {
            desk.list(Kind.BINDING);
        }
    }
}
