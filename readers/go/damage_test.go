package datumpb

import (
	"path/filepath"
	"testing"

	"github.com/datumpb/datumpb/readers/go/schema"
)

// smallFiles are files of which every bit is flipped, and their keys.
func smallFiles(t testing.TB) map[string][2]string {
	t.Helper()
	files := map[string][2]string{"of the document": {string(plainExample(t)), ""}}
	for name, key := range bothKeys {
		stored := newDraft(key)
		stored.codec = schema.Codec_CODEC_NONE
		later := newDraft(key)
		later.extra = []schema.RecordKind{77}
		files["compressed "+name] = [2]string{string(newDraft(key).build(t)), key}
		files["stored "+name] = [2]string{string(stored.build(t)), key}
		files["later "+name] = [2]string{string(later.build(t)), key}
	}
	return files
}

func TestEveryFlippedBitIsFound(t *testing.T) {
	for name, file := range smallFiles(t) {
		t.Run(name, func(t *testing.T) {
			data, key := []byte(file[0]), file[1]
			want, err := readAll(data, key)
			if err != nil {
				t.Fatal(err)
			}
			for bit := 0; bit < 8*len(data); bit++ {
				data[bit/8] ^= 1 << (bit % 8)
				reader, err := open(data, key)
				if err == nil {
					err = reader.Verify()
					if got, readErr := readAll(data, key); readErr == nil && !equal(got, want) {
						t.Fatalf("bit %d of byte %d: other items were read", bit%8, bit/8)
					}
				}
				if err == nil {
					t.Errorf("bit %d of byte %d was not found", bit%8, bit/8)
				}
				data[bit/8] ^= 1 << (bit % 8)
			}
		})
	}
}

func TestEveryCutIsFound(t *testing.T) {
	for name, file := range smallFiles(t) {
		t.Run(name, func(t *testing.T) {
			for size := 1; size < len(file[0]); size++ {
				_, err := readAll([]byte(file[0][:size]), file[1])
				expect(t, err, ErrTruncatedFile)
			}
			expect(t, second(open(nil, file[1])), ErrNotADatumFile)
			expect(t, second(open([]byte(file[0]+"x"), file[1])), ErrTruncatedFile)
		})
	}
}

func TestEveryFlippedBitOfAMediaFileIsFound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "one.jpg")
	data := sealedExample(t, "file")
	for bit := 0; bit < 8*len(data); bit++ {
		data[bit/8] ^= 1 << (bit % 8)
		write(t, path, data)
		if plain, err := drain(OpenMediaFile(path, "images/train/one.jpg", WithKey(testKey))); err == nil || len(plain) > 0 {
			t.Errorf("bit %d of byte %d was not found, or found too late: %q", bit%8, bit/8, plain)
		}
		data[bit/8] ^= 1 << (bit % 8)
	}
	for size := range data {
		write(t, path, data[:size])
		if _, err := drain(OpenMediaFile(path, "images/train/one.jpg", WithKey(testKey))); err == nil {
			t.Errorf("a file of %d bytes was read", size)
		}
	}
}

func equal(a, b []string) bool {
	same := len(a) == len(b)
	for i := 0; same && i < len(a); i++ {
		same = a[i] == b[i]
	}
	return same
}
