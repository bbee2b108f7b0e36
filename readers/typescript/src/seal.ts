/** Encryption of the records behind HEADER: HKDF-SHA256 and AES-256-GCM by WebCrypto (FORMAT.md, section 10). */

import type { Bytes } from "./byte-source.js";
import { type Envelope, recordContext } from "./envelope.js";
import { AuthenticationError } from "./errors.js";

const NONCE_SIZE = 12;
const TAG_SIZE = 16;
const KEY_SIZE = 32;
const COMMITMENT_SIZE = 32;
const INFO = new TextEncoder().encode("datumpb/v1/file");

/** What one file's records are decrypted with. */
export class Seal {
    /** 32 bytes that tell a wrong key at once. */
    readonly commitment: Bytes;
    readonly #recordKey: CryptoKey;
    readonly #headerHash: Bytes;

    private constructor(commitment: Bytes, recordKey: CryptoKey, headerHash: Bytes) {
        this.commitment = commitment;
        this.#recordKey = recordKey;
        this.#headerHash = headerHash;
    }

    /**
     * Derive a file's keys.
     *
     * @param key - The user's key, 32 bytes.
     * @param salt - The file's salt, 32 bytes.
     * @param headerHash - SHA-256 of the file from its start to the end of HEADER.
     */
    static async derive(key: Bytes, salt: Bytes, headerHash: Bytes): Promise<Seal> {
        const { subtle } = globalThis.crypto;
        const material = await subtle.importKey("raw", key, "HKDF", false, ["deriveBits"]);
        const hkdf = { name: "HKDF", hash: "SHA-256", salt, info: INFO };
        const okm = new Uint8Array(await subtle.deriveBits(hkdf, material, 8 * (KEY_SIZE + COMMITMENT_SIZE)));
        const recordKey = await subtle.importKey("raw", okm.slice(0, KEY_SIZE), "AES-GCM", false, ["decrypt"]);
        return new Seal(okm.slice(KEY_SIZE), recordKey, headerHash);
    }

    /** Tell, in constant time, whether a commitment belongs to this key. */
    committedTo(commitment: Uint8Array): boolean {
        let difference = commitment.length ^ COMMITMENT_SIZE;
        for (let index = 0; index < COMMITMENT_SIZE; index++) {
            difference |= commitment[index] ^ this.commitment[index];
        }
        return difference === 0;
    }

    /**
     * Decrypt a record's payload.
     *
     * @throws {@link AuthenticationError} It is not what the owner of the key wrote there.
     */
    async open(envelope: Envelope): Promise<Bytes> {
        const { kind, codec, seq, rawSize, nonce, payload } = envelope;
        if (nonce.length !== NONCE_SIZE || payload.length < TAG_SIZE) {
            throw new AuthenticationError("a plain record in an encrypted file");
        }
        const associated = new Uint8Array([...recordContext(kind, codec, seq, rawSize), ...this.#headerHash]);
        const algorithm = { name: "AES-GCM", iv: nonce, additionalData: associated, tagLength: 8 * TAG_SIZE };
        try {
            return new Uint8Array(await globalThis.crypto.subtle.decrypt(algorithm, this.#recordKey, payload));
        } catch (error) {
            if (error instanceof DOMException && error.name === "OperationError") {
                throw new AuthenticationError(
                    "the record does not authenticate: it was changed, moved, or comes from another file",
                );
            }
            throw error;
        }
    }
}
