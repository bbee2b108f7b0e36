package datumpb

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"os"
	"strings"

	"github.com/datumpb/datumpb/readers/go/schema"
)

const (
	keySize        = 32
	keyPrefix      = "datum-"
	keyTextSize    = len(keyPrefix) + 44
	saltSize       = 32
	commitmentSize = 32
	headerHashSize = sha256.Size
	nonceSize      = 12
	tagSize        = 16
)

// parseKey returns the 32 bytes of a key's text (section 10).
func parseKey(text string) ([]byte, error) {
	if len(text) != keyTextSize || !strings.HasPrefix(text, keyPrefix) {
		return nil, refuse(ErrInvalidKey, "invalid key: a key is %q and 44 characters of URL-safe base64", keyPrefix)
	}
	key, err := base64.URLEncoding.Strict().DecodeString(text[len(keyPrefix):])
	if err != nil || len(key) != keySize {
		return nil, refuse(ErrInvalidKey, "invalid key: behind %q a key is URL-safe base64 of 32 bytes", keyPrefix)
	}
	return key, nil
}

// ReadKeyFile returns the text of the key in a file such as secret_key.txt; white space around it does not matter.
func ReadKeyFile(path string) (string, error) {
	// A key file is tiny; whatever else the path names is not read whole.
	const limit = 4096
	file, err := os.Open(path)
	if err != nil {
		return "", &Error{Kind: ErrInvalidKey, Path: path, Offset: -1, Message: "cannot read the key file", Cause: err}
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, limit))
	if err != nil {
		return "", &Error{Kind: ErrInvalidKey, Path: path, Offset: -1, Message: "cannot read the key file", Cause: err}
	}
	text := strings.TrimSpace(string(data))
	if _, err := parseKey(text); err != nil {
		return "", &Error{Kind: ErrInvalidKey, Path: path, Offset: -1, Message: err.Error()}
	}
	return text, nil
}

// deriveKeys returns the keys of a file: HKDF-SHA256 of 64 bytes (RFC 5869).
func deriveKeys(key, salt []byte) (recordKey, commitment []byte) {
	mac := hmac.New(sha256.New, salt)
	mac.Write(key)
	expand := hmac.New(sha256.New, mac.Sum(nil))
	expand.Write([]byte("datumpb/v1/file\x01"))
	recordKey = expand.Sum(nil)
	expand.Reset()
	expand.Write(recordKey)
	expand.Write([]byte("datumpb/v1/file\x02"))
	return recordKey, expand.Sum(nil)
}

// seal is how the records behind HEADER are encrypted; a nil one: they are not.
type seal struct {
	cipher     cipher.AEAD
	headerHash [headerHashSize]byte
}

// newSeal derives the keys of an encrypted file and compares the commitment.
func newSeal(key []byte, encryption *schema.Encryption, headerHash [headerHashSize]byte) (*seal, error) {
	recordKey, commitment := deriveKeys(key, encryption.GetSalt())
	if !hmac.Equal(commitment, encryption.GetCommitment()) {
		return nil, refuse(ErrWrongKey, "wrong key: the file was encrypted with another one")
	}
	block, err := aes.NewCipher(recordKey)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &seal{cipher: gcm, headerHash: headerHash}, nil
}

// open returns a record's payload decrypted, still compressed.
func (s *seal) open(r *schema.Record) ([]byte, error) {
	if s == nil {
		if len(r.GetNonce()) != 0 {
			return nil, damaged("an encrypted record in a file that is not encrypted")
		}
		return r.GetPayload(), nil
	}
	if len(r.GetNonce()) != nonceSize || len(r.GetPayload()) < tagSize {
		return nil, refuse(ErrAuthentication, "a plain record in an encrypted file")
	}
	data := append(recordContext(r), s.headerHash[:]...)
	plain, err := s.cipher.Open(nil, r.GetNonce(), r.GetPayload(), data)
	if err != nil {
		return nil, refuse(ErrAuthentication, "the record does not authenticate: it was changed, moved, or comes from another file")
	}
	return plain, nil
}
