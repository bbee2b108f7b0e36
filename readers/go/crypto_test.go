package datumpb

import (
	"path/filepath"
	"testing"
)

func TestTextsThatAreNoKeys(t *testing.T) {
	body := testKey[len(keyPrefix):]
	texts := map[string]string{
		"empty":            "",
		"no prefix":        body,
		"another prefix":   "DATUM-" + body,
		"short":            testKey[:49],
		"long":             testKey + "=",
		"unused bits":      testKey[:len(testKey)-2] + "9=",
		"plain base64":     testKey[:10] + "+/" + testKey[12:],
		"a line break":     testKey[:10] + "\n" + testKey[11:],
		"two line breaks":  testKey[:10] + "\r\n" + testKey[12:],
		"no padding":       testKey[:len(testKey)-1] + "A",
		"too much padding": testKey[:len(testKey)-2] + "==",
		"white space":      " " + testKey[:len(testKey)-1],
	}
	data := newDraft(testKey).build(t)
	for name, text := range texts {
		t.Run(name, func(t *testing.T) {
			expect(t, second(parseKey(text)), ErrInvalidKey)
			expect(t, second(OpenReaderAt(nopReader{}, 0, WithKey(text))), ErrNotADatumFile)
			_, err := open(data, text)
			if text == "" {
				_, err = OpenReaderAt(bytesReader(data), int64(len(data)), WithKey(text))
			}
			expect(t, err, ErrInvalidKey)
		})
	}
}

func TestKeysThatDoNotFitTheFile(t *testing.T) {
	encrypted, plain := newDraft(testKey).build(t), newDraft("").build(t)
	expect(t, second(open(encrypted, otherKey)), ErrWrongKey)
	expect(t, second(open(encrypted, "")), ErrMissingKey)
	expect(t, second(open(plain, testKey)), ErrUnexpectedKey)
}

func TestKeyFiles(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret_key.txt")
	write(t, path, []byte("\n "+testKey+"\r\n"))
	if key, err := ReadKeyFile(path); err != nil || key != testKey {
		t.Errorf("%v", err)
	}
	write(t, path, []byte("what is this"))
	expect(t, second(ReadKeyFile(path)), ErrInvalidKey)
	expect(t, second(ReadKeyFile(path+".absent")), ErrInvalidKey)
}
