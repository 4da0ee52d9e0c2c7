package org.godwit.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.ArchConfiguration;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds across all modules, and why. It stands here because lab is the only module that may know all others. */
class ArchitectureTest {

    private static final List<String> MODULES = List.of("model", "protocol", "planner", "operation", "disk",
            "mat-kernel-shim", "guest-agent", "host-agent", "mcs-server", "cli", "lab");

    private static final String MODEL = "org.godwit.model..";
    private static final String PROTOCOL = "org.godwit.protocol..";
    private static final String CONFIGURATION = "org.godwit.operation.configuration..";
    private static final String GENERATED = "org.godwit.protocol.agent..";
    private static final String PLANNER = "org.godwit.planner..";
    private static final String DISK = "org.godwit.disk..";
    private static final String SHIM = "org.godwit.shim..";
    private static final String GUEST = "org.godwit.guest..";
    private static final String HOST = "org.godwit.host..";
    private static final String HYPERVISOR = "org.godwit.host.hypervisor..";
    private static final String MCS = "org.godwit.mcs..";
    private static final String CLI = "org.godwit.cli..";
    private static final String LAB = "org.godwit.lab..";

    private static final DescribedPredicate<JavaClass> IN_JAVA_BASE = describe("are in java.base",
            type -> "java.base".equals(platformModule(type.getBaseComponentType())));

    private static final DescribedPredicate<JavaClass> STARTED_BY_THE_OPERATOR = describe("have a main method",
            type -> outermost(type).tryGetMethod("main", String[].class).isPresent());

    private static final Set<String> FOR_HOSTS = Set.of("KernelRelay", "LinkFrame", "PrivateNetwork",
            "ShimException");

    private static JavaClasses main;
    private static JavaClasses tests;

    @BeforeAll
    static void read() {
        // The rules go by names; reading all libraries as well would take most of the time.
        ArchConfiguration.get().setResolveMissingDependenciesFromClassPath(false);
        main = classesIn("target/classes");
        tests = classesIn("target/test-classes");
    }

    @Test
    void theModelKnowsNothing() {
        check(classes().that().resideInAPackage(MODEL).should()
                .onlyDependOnClassesThat(IN_JAVA_BASE.or(resideInAnyPackage(MODEL, "inet.ipaddr..")))
                .because("every module stands on the vocabulary: whatever it needed, all would need"));
    }

    @Test
    void theProtocolOpensNoSocket() {
        // The methods of trust and key managers take the socket that they are asked about; they open none.
        check(noClasses().that().resideInAPackage(PROTOCOL).and().doNotHaveSimpleName("PinnedCa").and()
                .doNotHaveSimpleName("OneKey").should()
                .dependOnClassesThat(resideInAnyPackage("java.net.http..", "java.nio.channels..", "io.netty..",
                        "io.vertx..")
                        .or(describe("are sockets", type -> type.getFullName().matches(
                                "java\\.net\\.(Server|Datagram|Multicast)?Socket|javax\\.net\\..*"))))
                .because("a codec that does no input and no output is tested with bytes alone and serves both sides"));
    }

    @Test
    void theProtocolStandsOnTheModelOnly() {
        check(noClasses().that().resideInAPackage(PROTOCOL).should()
                .dependOnClassesThat().resideInAnyPackage(SHIM, GUEST, HOST, MCS, CLI, LAB)
                .because("arrows point inward: model <- protocol <- the applications"));
    }

    @Test
    void thePlannerIsArithmetic() {
        check(classes().that().resideInAPackage(PLANNER).should()
                .onlyDependOnClassesThat(IN_JAVA_BASE.or(resideInAnyPackage(MODEL, PLANNER)))
                .because("what is predicted must follow from the numbers it was given, and be the same a second time"));
    }

    @Test
    void theDiskMoverKnowsBytesOnly() {
        check(classes().that().resideInAPackage(DISK).should()
                .onlyDependOnClassesThat(IN_JAVA_BASE.or(resideInAnyPackage(DISK, "com.github.luben.zstd..")))
                .because("formats are QEMU's business and migrations the control server's: it moves what it is given"));
    }

    @Test
    void theShimStandsOnTheModelOnly() {
        check(noClasses().that().resideInAPackage(SHIM).should()
                .dependOnClassesThat().resideInAnyPackage(PROTOCOL, GUEST, HOST, MCS, CLI, LAB)
                .because("it is also used where no agent runs: on a peer, in the lab"));
    }

    @ParameterizedTest
    @ValueSource(strings = {GUEST, HOST, MCS, CLI })
    void noApplicationKnowsAnother(String application) {
        String[] others = Stream.of(GUEST, HOST, MCS, CLI, LAB).filter(other -> !other.equals(application))
                .toArray(String[]::new);
        check(noClasses().that().resideInAPackage(application).should().dependOnClassesThat()
                .resideInAnyPackage(others)
                .because(
                        "they run on different machines and meet on the wire, in protocol; only lab may know them all"));
    }

    @ParameterizedTest
    @ValueSource(strings = {HOST, MCS, CLI })
    void onlyGuestsLoadTheShim(String application) {
        check(noClasses().that().resideInAPackage(application).should().dependOnClassesThat(
                resideInAPackage(SHIM).and(describe("are more than a host's relay and probes",
                        type -> !FOR_HOSTS.contains(
                                outermost(type).getSimpleName()))))
                .because("translation happens in the VM and in its peers, steered by the guest agent alone;"
                        + " a host only sends on"));
    }

    @Test
    void whatIsForOperatorsKnowsNothingOfMigration() {
        check(noClasses().that().resideInAPackage("org.godwit.operation..").should().dependOnClassesThat()
                .resideInAnyPackage(MODEL, PROTOCOL, SHIM, GUEST, HOST, MCS, CLI, LAB)
                .because("a module that all programs share must not become the place for what fits nowhere"));
    }

    @ParameterizedTest
    @ValueSource(strings = {GUEST, SHIM, CONFIGURATION })
    void whatRunsInTheGuestNeedsJavaBaseOnly(String ours) {
        check(classes().that().resideInAPackage(ours).should()
                .onlyDependOnClassesThat(
                        IN_JAVA_BASE
                                .or(resideInAnyPackage(MODEL, PROTOCOL, CONFIGURATION, SHIM, GUEST, "inet.ipaddr..")))
                .because("every VM pays for it in memory and in start-up time: its Java image has java.base alone"));
    }

    @Test
    void theGuestSpeaksNoFormatThatNeedsALibrary() {
        check(noClasses().that().resideInAPackage(GUEST).should().dependOnClassesThat()
                .resideInAnyPackage("org.godwit.protocol.rest..", GENERATED)
                .because("REST needs Jackson and the agents' session protobuf: neither is in the guest's image"));
    }

    @Test
    void libvirtStaysInOnePackage() {
        check(noClasses().that().resideOutsideOfPackage(HYPERVISOR).should().dependOnClassesThat()
                .resideInAnyPackage("org.libvirt..", "com.sun.jna..")
                .because("its calls block and its handles must be freed: one package knows how, the rest sees values"));
    }

    @Test
    void foreignFunctionsStayWhereTheKernelIsMet() {
        check(noClasses().that().resideOutsideOfPackages(SHIM, HYPERVISOR).should().dependOnClassesThat()
                .resideInAPackage("java.lang.foreign..")
                .because(
                        "a wrong layout or lifetime there ends the process: few lines may do it, and they are reviewed"));
    }

    static Stream<String> programs() {
        // The meter is a program of its own: it runs beside the traffic and reads along with what it starts.
        return Stream.of(SHIM, DISK, GUEST, HOST, MCS, CLI, "org.godwit.lab.meter..", LAB);
    }

    @ParameterizedTest
    @MethodSource("programs")
    void processesAreStartedInOneClass(String program) {
        Predicate<JavaClass> ours = resideInAPackage(program);
        if (program.equals(LAB)) {
            ours = ours.and(resideInAPackage("org.godwit.lab.meter..").negate());
        }
        Set<String> starters = main.stream().filter(ours)
                .filter(type -> type.getAccessesFromSelf().stream().anyMatch(ArchitectureTest::startsProcess))
                .map(type -> outermost(type).getFullName()).collect(Collectors.toCollection(TreeSet::new));
        assertThat(starters).as("time limit, bounded output and no shell: said once in each program, in one class")
                .hasSizeLessThanOrEqualTo(1);
    }

    @Test
    void timeComesFromOutside() {
        check(noClasses().that(DescribedPredicate.not(STARTED_BY_THE_OPERATOR)).should()
                .accessTargetWhere(describe("it reads a clock", ArchitectureTest::readsClock))
                .because("a test must be able to say what time it is: inject an InstantSource or a ticker"));
    }

    @Test
    void clocksAreChosenInMains() {
        check(noClasses().that(DescribedPredicate.not(STARTED_BY_THE_OPERATOR)).and().resideOutsideOfPackage(LAB)
                .should().accessTargetWhere(describe("it chooses a clock", ArchitectureTest::choosesClock))
                .because(
                        "a default deep inside is a clock that no test can replace; the lab alone lives in real time"));
    }

    @Test
    void noTestSleeps() {
        noClasses().should()
                .accessTargetWhere(describe("it sleeps",
                        access -> access.getTargetOwner().isEquivalentTo(Thread.class)
                                && access.getName().equals("sleep")))
                .because("it is too short on a slow machine and too long on a fast one: wait for the condition itself")
                .check(tests);
    }

    @Test
    void namesSayWhatAThingIs() {
        for (JavaClasses all : List.of(main, tests)) {
            noClasses().that().resideOutsideOfPackage(GENERATED).should()
                    .haveNameMatching(".*(Manager|Impl|Utils?|Helpers?)")
                    .because("everything fits under such a name, so in the end everything is there").check(all);
        }
    }

    @Test
    void packagesDoNotGoInCircles() {
        check(slices().matching("org.godwit.(**)").should().beFreeOfCycles()
                .ignoreDependency(resideInAPackage(LAB), resideInAPackage(LAB))
                .because("two packages that need each other are one package with a wall in the way;"
                        + " the lab's share their one exception with its front door"));
    }

    @Test
    void noMocks() {
        noClasses().should().dependOnClassesThat()
                .resideInAnyPackage("org.mockito..", "org.easymock..", "mockit..")
                .because("a fake made by hand shows what happened; a mock repeats how the code is written")
                .check(tests);
    }

    /** From the sources: javac writes no class for a package-info without annotations. */
    @Test
    void everyPackageSaysWhatItIsFor() throws IOException {
        Set<String> silent = new TreeSet<>();
        for (String module : MODULES) {
            Set<Path> packages = packagesUnder(Path.of("..", module, "src/main/java"));
            Set<Path> described = packages.stream()
                    .filter(folder -> Files.exists(
                            Path.of("..", module, "src/main/java").resolve(folder).resolve("package-info.java")))
                    .collect(Collectors.toSet());
            Path testRoot = Path.of("..", module, "src/test/java");
            packagesUnder(testRoot).forEach(folder -> {
                packages.add(folder);
                if (Files.exists(testRoot.resolve(folder).resolve("package-info.java"))) {
                    described.add(folder);
                }
            });
            packages.stream().filter(folder -> !described.contains(folder))
                    .forEach(folder -> silent.add(module + ": " + folder));
        }
        assertThat(silent).as("packages without package-info.java: a reader should not have to guess").isEmpty();
    }

    /** Rules over a package that has no classes are mistakes in the rule, so ArchUnit's refusal of them stays on. */
    private static void check(ArchRule rule) {
        rule.check(main);
    }

    private static JavaClasses classesIn(String folder) {
        return new ClassFileImporter()
                .importPaths(MODULES.stream().map(module -> Path.of("..", module, folder)).filter(Files::isDirectory)
                        .toList());
    }

    private static Set<Path> packagesUnder(Path root) throws IOException {
        if (!Files.isDirectory(root)) {
            return new TreeSet<>();
        }
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".java")).map(Path::getParent).map(root::relativize)
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(ArchitectureTest::outermost).orElse(type);
    }

    private static boolean startsProcess(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getFullName();
        return owner.equals("java.lang.ProcessBuilder")
                || owner.equals("java.lang.Runtime") && access.getName().equals("exec");
    }

    private static boolean readsClock(JavaAccess<?> access) {
        JavaClass owner = access.getTargetOwner();
        return switch (access.getName()) {
            case "currentTimeMillis", "nanoTime" -> owner.isEquivalentTo(System.class);
            case "now" -> owner.getPackageName().startsWith("java.time");
            case String _ -> false;
        };
    }

    private static boolean choosesClock(JavaAccess<?> access) {
        return access.getTargetOwner().getPackageName().equals("java.time") && access.getName().startsWith("system");
    }

    /** The JDK's module that has the class; null when it is not of the JDK. */
    private static String platformModule(JavaClass type) {
        if (type.isPrimitive()) {
            return "java.base";
        }
        try {
            return Class.forName(type.getFullName(), false, ClassLoader.getPlatformClassLoader()).getModule()
                    .getName();
        } catch (ClassNotFoundException _) {
            return null;
        }
    }
}
