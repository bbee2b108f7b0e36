package io.datumpb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A file, read by offset: there is no position that threads could disturb for each other. */
final class FileByteSource implements ByteSource {
    private final String name;
    private final FileChannel channel;
    private final long size;

    FileByteSource(Path path) throws IOException {
        name = path.toString();
        channel = FileChannel.open(path, StandardOpenOption.READ);
        try {
            size = channel.size();
        } catch (IOException error) {
            channel.close();
            throw error;
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public void read(long offset, byte[] target) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(target);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                throw new Place(name, offset).truncated("the file became shorter while it was read");
            }
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
