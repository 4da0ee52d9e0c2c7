package org.godwit.operation.program;

import org.godwit.operation.configuration.BuildVersion;
import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints. */
public final class ProductVersion implements IVersionProvider {

    @Override
    public String[] getVersion() {
        return new String[]{"${COMMAND-FULL-NAME} " + BuildVersion.text() };
    }
}
