package io.voxelflight.flight;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The arrows of docs/ARCHITECTURE.md, held. */
class ArchitectureTest {
    private static final String ROOT = "io.voxelflight.";
    private static JavaClasses house;

    @BeforeAll
    static void read() {
        house = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(location -> !location.contains("/testkit/") && !location.contains("testkit-"))
                .importPackages("io.voxelflight");
    }

    @Test
    void everyRoomWasRead() {
        for (String room : new String[] {"model", "blockio", "catalog", "sql", "ingestion", "flight"}) {
            assertThat(house.stream().filter(c -> c.getPackageName().startsWith(ROOT + room)))
                    .as("classes of " + room)
                    .isNotEmpty();
        }
    }

    @Test
    void theModelKnowsTheJdkOnly() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "model..")
                .should()
                .dependOnClassesThat()
                .resideOutsideOfPackages(ROOT + "model..", "java..", "org.jspecify..", "com.google.errorprone..")
                .check(house);
    }

    @Test
    void modulesImportOnlyWhatTheirArrowsAllow() {
        mayImport("blockio", "model");
        mayImport("catalog", "model");
        mayImport("sql", "model", "catalog.api");
        mayImport("ingestion", "model", "catalog.api", "blockio");
    }

    @Test
    void onlyTheCompositionRootSeesTheDatabaseAndTheSqlLayer() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "flight..")
                .and()
                .resideOutsideOfPackage(ROOT + "flight.server..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(ROOT + "catalog.postgres..", ROOT + "sql..", ROOT + "ingestion..")
                .check(house);
    }

    @Test
    void nothingImportsTheCompositionRoot() {
        noClasses()
                .that()
                .resideInAPackage(ROOT + "flight..")
                .and()
                .resideOutsideOfPackage(ROOT + "flight.server..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(ROOT + "flight.server..")
                .check(house);
    }

    @Test
    void locateFetchAndDecodeDoNotKnowOneAnother() {
        String[] stages = {"locate", "fetch", "decode"};
        for (String stage : stages) {
            for (String other : stages) {
                if (!stage.equals(other)) {
                    noClasses()
                            .that()
                            .resideInAPackage(ROOT + "blockio." + stage + "..")
                            .should()
                            .dependOnClassesThat()
                            .resideInAPackage(ROOT + "blockio." + other + "..")
                            .allowEmptyShould(false)
                            .check(house);
                }
            }
        }
    }

    @Test
    void arrowVectorsAppearOnlyWhereBatchesAreMade() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        ROOT + "blockio.assemble..", ROOT + "flight.stream..", ROOT + "sql..", ROOT + "benchmarks..")
                .should()
                .dependOnClassesThat(resideIn("org.apache.arrow.vector", "pojo"))
                .check(house);
    }

    @Test
    void jdbcAppearsOnlyInTheCatalogAndTheSqlLayer() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "catalog.postgres..", ROOT + "sql..", ROOT + "flight.server..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("java.sql..", "javax.sql..", "org.postgresql..")
                .check(house);
    }

    @Test
    void grpcAppearsOnlyAtTheDoors() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "flight..", ROOT + "sql.flightsql..", ROOT + "benchmarks..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.grpc..", "org.apache.arrow.flight..")
                .check(house);
    }

    @Test
    void packagesOfAModuleFormNoCircle() {
        for (String module : new String[] {"blockio", "sql", "ingestion", "flight"}) {
            SlicesRuleDefinition.slices()
                    .matching(ROOT + module + ".(*)..")
                    .should()
                    .beFreeOfCycles()
                    .check(house);
        }
    }

    @Test
    void aBrokenArrowIsFound() {
        assertThatThrownBy(() -> noClasses()
                        .that()
                        .resideInAPackage(ROOT + "blockio..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage(ROOT + "model..")
                        .check(house))
                .isInstanceOf(AssertionError.class);
    }

    private static void mayImport(String module, String... allowed) {
        noClasses()
                .that()
                .resideInAPackage(ROOT + module + "..")
                .should()
                .dependOnClassesThat(new DescribedPredicate<>("another room than " + String.join(", ", allowed)) {
                    @Override
                    public boolean test(JavaClass target) {
                        String name = target.getPackageName() + ".";
                        if (!name.startsWith(ROOT) || name.startsWith(ROOT + module + ".")) {
                            return false;
                        }
                        for (String room : allowed) {
                            if (name.startsWith(ROOT + room + ".")) {
                                return false;
                            }
                        }
                        return true;
                    }
                })
                .check(house);
    }

    /** Types and schemas are values and may be named in more places; vectors and what fills them may not. */
    private static DescribedPredicate<JavaClass> resideIn(String root, String exceptLeaf) {
        return new DescribedPredicate<>("an Arrow vector class") {
            @Override
            public boolean test(JavaClass target) {
                String name = target.getPackageName();
                return name.startsWith(root) && !name.endsWith("." + exceptLeaf);
            }
        };
    }
}
