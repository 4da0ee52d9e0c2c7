package org.godwit.host;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ArchitectureTest {

    private static final JavaClasses CLASSES = new ClassFileImporter().withImportOption(new DoNotIncludeTests())
            .importPackages("org.godwit.host");

    static Stream<ArchRule> rules() {
        return Stream.of(
                noClasses().that().resideOutsideOfPackage("..hypervisor..").should().dependOnClassesThat()
                        .resideInAnyPackage("org.libvirt..", "com.sun.jna..")
                        .because("libvirt's threads, handles and errors are understood in one package only"),
                noClasses().that().resideOutsideOfPackage("..program..").should().dependOnClassesThat()
                        .areAssignableTo(ProcessBuilder.class)
                        .because("a process without a time limit or through a shell must not slip in"),
                noClasses().that().resideOutsideOfPackages("..session..", "org.godwit.host").should()
                        .dependOnClassesThat().resideInAPackage("io.vertx..")
                        .because("commands are performed on threads that may block, not on an event loop"),
                noClasses().that().resideInAnyPackage("..network..", "..hypervisor..", "..guest..").should()
                        .dependOnClassesThat().resideInAPackage("org.godwit.protocol.agent..")
                        .because("the wire to the MCS may change without the host noticing"),
                noClasses().that().doNotHaveFullyQualifiedName("org.godwit.host.Main").should()
                        .callMethod(System.class, "nanoTime").orShould().callMethod(System.class, "currentTimeMillis")
                        .orShould().callMethod(java.time.Instant.class, "now").because("time is a parameter"),
                noClasses().should().dependOnClassesThat()
                        .resideInAnyPackage("org.godwit.mcs..", "org.godwit.guest..", "org.godwit.cli..",
                                "org.godwit.lab..")
                        .because("applications speak over the wire only"));
    }

    @ParameterizedTest
    @MethodSource("rules")
    void holds(ArchRule rule) {
        rule.check(CLASSES);
    }
}
