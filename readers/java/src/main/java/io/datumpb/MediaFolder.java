package io.datumpb;

import datumpb_schema.v1.MediaOuterClass.MediaRef;
import io.datumpb.errors.DatumFileException;
import io.datumpb.errors.MediaMismatchException;
import io.datumpb.errors.MediaNotFoundException;
import io.datumpb.errors.MediaPathException;
import io.datumpb.errors.MissingKeyException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;

/** The folder of a dataset, in which media references are followed, and never out of it (section 15). */
public final class MediaFolder {
    private static final int PIECE_SIZE = 1 << 20;
    private static final Pattern DRIVE = Pattern.compile("^[A-Za-z]:.*", Pattern.DOTALL);

    private final Path root;
    private final DatumKey key;

    /**
     * Names a folder; nothing is read yet.
     *
     * @param root the folder that holds {@code annotations/}
     * @param key the key of the dataset; null: nothing in it is encrypted
     */
    public MediaFolder(Path root, DatumKey key) {
        this.root = root;
        this.key = key;
    }

    /**
     * Writes the bytes of a medium. The last piece comes only when all were found to be what the reference says.
     *
     * @param ref the reference
     * @param target where to write them
     * @throws MediaNotFoundException if the bytes are not there
     * @throws MediaPathException if the path leads out of the folder
     * @throws MediaMismatchException if the file is not the one that is meant
     * @throws MissingKeyException if the file is encrypted, and the folder was made without a key
     * @throws IOException if the file cannot be read, or the target cannot be written
     */
    public void copy(MediaRef ref, OutputStream target) throws IOException {
        if (ref.hasData()) {
            ref.getData().writeTo(target);
            return;
        }
        if (!ref.hasPath()) {
            throw new MediaNotFoundException("the bytes of this media are not part of the dataset", null);
        }
        Path file = resolve(ref.getPath());
        HeldBackOutput output = new HeldBackOutput(target);
        if (ref.getEncrypted()) {
            copyEncrypted(file, ref, output);
        } else {
            copyPlain(file, ref, output);
        }
        checkSize(ref, output.size());
        if (ref.hasCrc32() && ref.getCrc32() != output.crc32()) {
            throw new MediaMismatchException("not the file that the item means: its checksum differs", ref.getPath());
        }
        output.release();
    }

    /**
     * Returns where the path of a media file leads.
     *
     * @param path the path, as in {@code MediaRef.path}
     * @return the file, all links followed
     * @throws MediaPathException if that is out of the folder
     * @throws MediaNotFoundException if there is no such file
     */
    public Path resolve(String path) throws MediaPathException, MediaNotFoundException {
        boolean bad = path.indexOf('\\') >= 0 || path.indexOf('\0') >= 0 || DRIVE.matcher(path).matches();
        // An absolute path has an empty first part.
        if (bad || Arrays.stream(path.split("/", -1)).anyMatch(part -> part.matches("|\\.|\\.\\."))) {
            throw new MediaPathException("this media path does not stay inside of the dataset", path);
        }
        try {
            Path full = root.resolve(path).toRealPath();
            if (!full.startsWith(root.toRealPath())) {
                throw new MediaPathException("this media path leads out of the dataset through a link", path);
            }
            return full;
        } catch (InvalidPathException error) {
            throw new MediaPathException("no file can have this name here", path);
        } catch (MediaPathException error) {
            throw error;
        } catch (IOException error) {
            MediaNotFoundException missing = new MediaNotFoundException("cannot read this media file", path);
            missing.initCause(error);
            throw missing;
        }
    }

    private void copyEncrypted(Path file, MediaRef ref, HeldBackOutput output) throws IOException {
        if (key == null) {
            throw new MissingKeyException(ref.getPath() + ": this media file is encrypted: give the dataset's key");
        }
        try (MediaFile media = MediaFile.open(file, key, ref.getPath())) {
            checkSize(ref, media.size());
            media.copyTo(output);
        } catch (DatumFileException error) {
            MediaMismatchException mismatch = new MediaMismatchException(
                    "the encrypted media file cannot be used: " + error.getMessage(), ref.getPath());
            mismatch.initCause(error);
            throw mismatch;
        }
    }

    private static void copyPlain(Path file, MediaRef ref, HeldBackOutput output) throws IOException {
        try (InputStream input = Files.newInputStream(file)) {
            checkSize(ref, Files.size(file));
            byte[] piece;
            do {
                piece = input.readNBytes(PIECE_SIZE);
                output.write(piece);
            } while (piece.length == PIECE_SIZE);
        }
    }

    private static void checkSize(MediaRef ref, long size) throws MediaMismatchException {
        if (ref.hasSize() && ref.getSize() != size) {
            throw new MediaMismatchException(
                    "not the file that the item means: its size is not " + Long.toUnsignedString(ref.getSize())
                            + " bytes",
                    ref.getPath());
        }
    }
}
