package io.voxelflight.sql.execute;

import io.voxelflight.model.ErrorCode;
import io.voxelflight.model.ServiceException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.postgresql.copy.CopyOut;

/**
 * The second half of a large scan: a thread and a connection of its own, which sees the database as the first one does. Its
 * rows wait, bounded in bytes, until the first one's thread takes them.
 */
final class SecondScan implements AutoCloseable {
    /** Rows are handed over in groups of about so many bytes. */
    private static final int GROUP_BYTES = 256 << 10;

    private static final int GROUPS = 8;
    private static final long LOOK_MILLIS = 100;

    private final Session session;
    private final Thread thread;
    private final BlockingQueue<Group> groups = new ArrayBlockingQueue<>(GROUPS);
    private volatile @Nullable Exception failure;
    private volatile boolean closed;
    private boolean ended;

    /**
     * Some rows.
     *
     * @param rows messages of COPY, each from the offset of its row
     * @param last whether no more come
     */
    private record Group(List<Row> rows, boolean last) {}

    private record Row(byte[] bytes, int offset) {}

    /**
     * Begins.
     *
     * @param session is closed by this
     * @param copy the statement
     */
    SecondScan(Session session, String copy) {
        this.session = session;
        this.thread = new Thread(() -> read(copy), "sql-scan");
        thread.setDaemon(true);
        thread.start();
    }

    private void read(String copy) {
        try {
            CopyOut out = session.postgres().getCopyAPI().copyOut(copy);
            CopyStream stream = new CopyStream(out);
            List<Row> rows = new ArrayList<>();
            int bytes = 0;
            while (stream.next()) {
                rows.add(new Row(stream.bytes(), stream.offset()));
                bytes += stream.bytes().length;
                if (bytes >= GROUP_BYTES) {
                    put(new Group(rows, false));
                    rows = new ArrayList<>();
                    bytes = 0;
                }
            }
            put(new Group(rows, true));
        } catch (SQLException | IOException | RuntimeException e) {
            failure = e;
        } catch (InterruptedException e) {
            // closed before its end
        }
    }

    private void put(Group group) throws InterruptedException {
        while (!groups.offer(group, LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
            if (closed) {
                throw new InterruptedException();
            }
        }
    }

    /** Writes the rows that are there. */
    void takeSome(BatchWriter writer) throws SQLException, IOException {
        while (!ended) {
            Group group = groups.poll();
            if (group == null) {
                check();
                return;
            }
            write(group, writer);
        }
    }

    /** Waits for all rows, and writes them. */
    void takeRest(BatchWriter writer) throws SQLException, IOException {
        while (!ended) {
            try {
                Group group = groups.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                if (group == null) {
                    check();
                } else {
                    write(group, writer);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ServiceException(ErrorCode.CANCELLED, "the server stops", e);
            }
        }
    }

    private void write(Group group, BatchWriter writer) throws IOException {
        for (Row row : group.rows()) {
            writer.row(row.bytes(), row.offset());
        }
        ended = group.last();
    }

    private void check() throws SQLException, IOException {
        Exception reason = failure;
        if (reason instanceof SQLException sql) {
            throw sql;
        }
        if (reason instanceof IOException io) {
            throw io;
        }
        if (reason instanceof RuntimeException runtime) {
            throw runtime;
        }
    }

    Session session() {
        return session;
    }

    /** Ends it, at its end or before; nothing runs on its connection afterwards. */
    @Override
    public void close() {
        closed = true;
        if (!ended) {
            session.cancel();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                groups.clear(); // what waits for room is not wanted
                thread.join(LOOK_MILLIS);
                if (thread.isAlive() && !ended) {
                    session.cancel(); // the first may have overtaken the statement
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        session.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
