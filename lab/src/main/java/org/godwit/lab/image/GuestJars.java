package org.godwit.lab.image;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.godwit.lab.LabException;

/**
 * The guest agent and what it runs on, found on the lab's own class path. An AOT cache takes classes from jars only, so a
 * folder of classes, as a build that stops at the tests has it, becomes a jar.
 */
record GuestJars(Map<String, Path> byName) {

    static final String MAIN = "org.godwit.guest.Main";

    /** For each artifact of the guest one class that tells where it is. */
    private static final Map<String, String> ARTIFACTS = artifacts();

    /** Any constant instant: the same classes have to make the same jar. 1980 is the earliest that a zip file knows. */
    private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    GuestJars {
        byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
    }

    private static Map<String, String> artifacts() {
        Map<String, String> artifacts = new LinkedHashMap<>();
        artifacts.put("guest-agent.jar", MAIN);
        artifacts.put("mat-kernel-shim.jar", "org.godwit.shim.DataPlane");
        artifacts.put("protocol.jar", "org.godwit.protocol.guest.GuestRequest");
        artifacts.put("operation.jar", "org.godwit.operation.configuration.ConfigurationFile");
        artifacts.put("model.jar", "org.godwit.model.HomeAddress");
        artifacts.put("ipaddress.jar", "inet.ipaddr.IPAddress");
        artifacts.put("jackson-core.jar", "com.fasterxml.jackson.core.JsonFactory");
        return artifacts;
    }

    /** @throws LabException when an artifact is not on the class path of this process */
    static GuestJars ofThisClassPath() {
        Map<String, Path> found = new LinkedHashMap<>();
        ARTIFACTS.forEach((jar, className) -> found.put(jar, locate(className)));
        return new GuestJars(found);
    }

    /** Writes the jars into a folder, in class path order. */
    List<Path> writeTo(Path folder) {
        return byName.entrySet().stream().map(artifact -> {
            Path jar = folder.resolve(artifact.getKey());
            write(artifact.getValue(), jar);
            return jar;
        }).toList();
    }

    /** The jar or folder that a class comes from. @throws LabException when it is not on the class path of this process */
    static Path locate(String className) {
        try {
            Class<?> witness = Class.forName(className, false, GuestJars.class.getClassLoader());
            return Path.of(witness.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (ClassNotFoundException e) {
            throw new LabException("the guest image needs " + className
                    + ", which is not on the lab's class path: build all modules first", e);
        } catch (URISyntaxException e) {
            throw new LabException("where " + className + " was loaded from is not a path", e);
        }
    }

    private static void write(Path artifact, Path jar) {
        try {
            if (Files.isRegularFile(artifact)) {
                Files.copy(artifact, jar);
                return;
            }
            try (OutputStream out = Files.newOutputStream(jar);
                    ZipOutputStream zip = new ZipOutputStream(out);
                    Stream<Path> files = Files.walk(artifact)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    ZipEntry entry = new ZipEntry(artifact.relativize(file).toString());
                    entry.setTimeLocal(ENTRY_TIME);
                    zip.putNextEntry(entry);
                    Files.copy(file, zip);
                    zip.closeEntry();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the jar " + jar + " cannot be made of " + artifact, e);
        }
    }
}
