package io.r3mes.cache.fault;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** The source of truth of several processes: one version, in a file. */
final class SharedVersion implements AutoCloseable {

    private final FileChannel file;

    SharedVersion(Path path) {
        try {
            this.file = FileChannel.open(
                    path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void commit(long version) {
        try {
            file.write(ByteBuffer.allocate(Long.BYTES).putLong(version).flip(), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    long read() {
        try {
            ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES);
            file.read(bytes, 0);
            return bytes.flip().getLong();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
