package io.voxelflight.catalog.postgres;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Another JVM that uses the database of a home: it reads and ends, or says so and waits to be killed. */
final class OtherProcess {
    private OtherProcess() {}

    static int run(Path home, String what) throws IOException, InterruptedException {
        Process process = start(home, what);
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("the other process did not end");
        }
        return process.exitValue();
    }

    static Process start(Path home, String what) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(
                List.of("-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
        command.addAll(List.of(OtherProcess.class.getName(), home.toString(), what));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
                .start();
    }

    public static void main(String[] args) throws Exception {
        Database database = Database.open(new DatabaseSettings(Path.of(args[0]), null, true));
        System.out.println(
                "open " + new PostgresCatalog(database.owner()).datasets().size());
        System.out.flush();
        if (args[1].equals("wait")) {
            Thread.sleep(120_000);
        }
        database.close();
    }
}
