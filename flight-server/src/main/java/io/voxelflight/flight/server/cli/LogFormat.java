package io.voxelflight.flight.server.cli;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import java.util.Iterator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How lines of the log look: the values of {@code --log-format}, as they are written. */
enum LogFormat {
    /** For people, as logback.xml says. */
    text,
    /** Each an object ({@link JsonLines}). */
    json;

    /** Writes what waits to be written; nothing is logged after it. */
    static void finish() {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.stop();
        }
    }

    /** Lets the log of this process look so from now on. */
    void apply() {
        if (this == text || !(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
            return;
        }
        Iterator<Appender<ILoggingEvent>> appenders =
                context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
        while (appenders.hasNext()) {
            if (appenders.next() instanceof OutputStreamAppender<ILoggingEvent> appender) {
                JsonLines lines = new JsonLines();
                lines.setContext(context);
                lines.start();
                appender.setEncoder(lines);
            }
        }
    }
}
