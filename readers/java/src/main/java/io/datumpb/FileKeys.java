package io.datumpb;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** What the records of one file are decrypted with, derived from the dataset's key and the file's salt (section 10). */
final class FileKeys {
    static final int SALT_SIZE = 32;
    static final int COMMITMENT_SIZE = 32;
    static final int NONCE_SIZE = 12;
    static final int TAG_SIZE = 16;
    private static final int RECORD_KEY_SIZE = 32;
    private static final String HMAC = "HmacSHA256";
    private static final byte[] INFO = "datumpb/v1/file".getBytes(StandardCharsets.US_ASCII);

    private final SecretKeySpec recordKey;
    private final byte[] commitment;

    private FileKeys(byte[] okm) {
        recordKey = new SecretKeySpec(okm, 0, RECORD_KEY_SIZE, "AES");
        commitment = Arrays.copyOfRange(okm, RECORD_KEY_SIZE, RECORD_KEY_SIZE + COMMITMENT_SIZE);
    }

    static FileKeys derive(DatumKey key, byte[] salt) {
        return new FileKeys(hkdf(key.bytes(), salt, INFO, RECORD_KEY_SIZE + COMMITMENT_SIZE));
    }

    /** Tells, in constant time, whether a file was encrypted with this key. */
    boolean committedTo(byte[] other) {
        return MessageDigest.isEqual(commitment, other);
    }

    /** Decrypts; an AEADBadTagException says that any of the three is not what was encrypted. */
    byte[] open(byte[] nonce, byte[] payload, byte[] associated) throws AEADBadTagException {
        try {
            Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
            cipher.init(Cipher.DECRYPT_MODE, recordKey, new GCMParameterSpec(TAG_SIZE * Byte.SIZE, nonce));
            cipher.updateAAD(associated);
            return cipher.doFinal(payload);
        } catch (AEADBadTagException error) {
            throw error;
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException("every Java platform has AES-256-GCM", error);
        }
    }

    /** HKDF-SHA256 (RFC 5869): extract, then expand. */
    static byte[] hkdf(byte[] ikm, byte[] salt, byte[] info, int size) {
        byte[] pseudorandomKey = mac(salt).doFinal(ikm);
        Mac expand = mac(pseudorandomKey);
        byte[] okm = new byte[size];
        byte[] block = new byte[0];
        for (int done = 0, round = 1; done < size; done += block.length, round++) {
            expand.update(block);
            expand.update(info);
            block = expand.doFinal(new byte[] {(byte) round});
            System.arraycopy(block, 0, okm, done, Math.min(block.length, size - done));
        }
        return okm;
    }

    private static Mac mac(byte[] key) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac;
        } catch (GeneralSecurityException error) {
            throw new IllegalStateException("every Java platform has HMAC-SHA256", error);
        }
    }
}
