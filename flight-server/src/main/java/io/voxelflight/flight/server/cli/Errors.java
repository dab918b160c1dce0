package io.voxelflight.flight.server.cli;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Failures as a person at a terminal sees them: one line on standard error, exit code 2 or 1, a trace if asked for. */
final class Errors {
    static final int WRONG_CALL_OR_INPUT = 2;
    static final int FAILURE = 1;

    private Errors() {}

    static CommandLine install(CommandLine commands) {
        return commands.setParameterExceptionHandler((e, args) -> {
                    CommandLine command = e.getCommandLine();
                    print(
                            command.getErr(),
                            sentence(e.getMessage()) + ", see '"
                                    + command.getCommandSpec().qualifiedName() + " --help'");
                    return WRONG_CALL_OR_INPUT;
                })
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    print(command.getErr(), line(e));
                    if (parsed.expandedArgs().contains("--debug")) {
                        e.printStackTrace(command.getErr());
                    }
                    return exitCode(e);
                });
    }

    static void print(PrintWriter err, String line) {
        err.println("voxelflight: " + line);
        err.flush();
    }

    static String line(Throwable failure) {
        if (failure instanceof ServiceException known) {
            return oneLine(known.line());
        }
        return oneLine("unexpected " + failure + "; run again with --debug for the trace, it is a fault of ours");
    }

    static int exitCode(Throwable failure) {
        boolean user = failure instanceof ServiceException known && known.code().blame() == ErrorCode.Blame.USER;
        return user ? WRONG_CALL_OR_INPUT : FAILURE;
    }

    private static String sentence(@Nullable String message) {
        String line = oneLine(message == null ? "wrong call" : message);
        return line.isEmpty() ? line : Character.toLowerCase(line.charAt(0)) + line.substring(1);
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }
}
