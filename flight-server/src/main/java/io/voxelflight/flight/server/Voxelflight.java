package io.voxelflight.flight.server;

import io.voxelflight.flight.server.cli.Commands;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The program that the launcher {@code voxelflight} starts. */
public final class Voxelflight {
    private Voxelflight() {}

    public static void main(String[] args) {
        // before the first logger is made: what a server does is worth a log, what a command does is its output
        List<String> words = List.of(args);
        String level = words.contains("--debug") ? "DEBUG" : words.contains("serve") ? "INFO" : "WARN";
        System.setProperty("voxelflight.log.level", level);
        // UTF-8 whatever the locale: a container's is often POSIX, which turns every other letter into '?'
        System.exit(Commands.run(
                new PrintWriter(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
                new PrintWriter(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
                args));
    }
}
