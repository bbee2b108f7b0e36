package io.datumpb;

/** Bytes in memory. */
record ArrayByteSource(String name, byte[] bytes) implements ByteSource {
    @Override
    public long size() {
        return bytes.length;
    }

    @Override
    public void read(long offset, byte[] target) {
        System.arraycopy(bytes, Math.toIntExact(offset), target, 0, target.length);
    }

    @Override
    public void close() {
        // Nothing is held open.
    }
}
