package datumpb

import (
	"bytes"
	"hash/crc32"
	"os"
	"path/filepath"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/datumpb/datumpb/readers/go/schema"
)

// dataset makes a folder with one annotation file and the media file of the document, and opens the former.
func dataset(t *testing.T, key string) (*Reader, string) {
	t.Helper()
	root := t.TempDir()
	for _, folder := range []string{"annotations", "images/train", "outside"} {
		if err := os.MkdirAll(filepath.Join(root, "set", folder), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	root = filepath.Join(root, "set")
	path := filepath.Join(root, "annotations", "train.datum")
	write(t, path, newDraft(key).build(t))
	write(t, filepath.Join(root, "images/train/one.jpg"), sealedExample(t, "file"))
	write(t, filepath.Join(root, "images/train/plain.jpg"), []byte("plain"))
	reader, err := Open(path, keyOption(key)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { reader.Close() })
	return reader, root
}

func TestMediaOfADataset(t *testing.T) {
	reader, _ := dataset(t, testKey)
	picture := []byte("not really a picture")
	one, plain := "images/train/one.jpg", "images/train/plain.jpg"
	size, sum := proto.Uint64(20), proto.Uint32(crc32.ChecksumIEEE(picture))
	cases := map[string]struct {
		ref  *schema.MediaRef
		want []byte
		kind error
	}{
		"encrypted":          {&schema.MediaRef{Path: &one, Encrypted: true, Size: size, Crc32: sum}, picture, nil},
		"nothing to compare": {&schema.MediaRef{Path: &one, Encrypted: true}, picture, nil},
		"plain":              {&schema.MediaRef{Path: &plain}, []byte("plain"), nil},
		"plain, sized":       {&schema.MediaRef{Path: &plain, Size: proto.Uint64(5)}, []byte("plain"), nil},
		"inline":             {&schema.MediaRef{Path: &plain, Data: []byte("here")}, []byte("here"), nil},
		"inline, empty":      {&schema.MediaRef{Path: &plain, Data: []byte{}}, []byte{}, nil},
		"none":               {nil, nil, ErrMediaNotFound},
		"no bytes":           {&schema.MediaRef{Size: size}, nil, ErrMediaNotFound},
		"absent":             {&schema.MediaRef{Path: proto.String("images/no.jpg")}, nil, ErrMediaNotFound},
		"a folder":           {&schema.MediaRef{Path: proto.String("images")}, nil, ErrMediaNotFound},
		"larger":             {&schema.MediaRef{Path: &plain, Size: proto.Uint64(6)}, nil, ErrMediaMismatch},
		"smaller":            {&schema.MediaRef{Path: &plain, Size: proto.Uint64(4)}, nil, ErrMediaMismatch},
		"another":            {&schema.MediaRef{Path: &plain, Crc32: proto.Uint32(1)}, nil, ErrMediaMismatch},
		"another encrypted":  {&schema.MediaRef{Path: &one, Encrypted: true, Crc32: proto.Uint32(1)}, nil, ErrMediaMismatch},
		"plain for encrypted": {
			&schema.MediaRef{Path: &plain, Encrypted: true}, nil, ErrMediaMismatch,
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := drain(reader.OpenMedia(c.ref))
			expect(t, err, c.kind)
			if !bytes.Equal(got, c.want) {
				t.Errorf("%q was handed out", got)
			}
		})
	}
}

func TestEncryptedMediaOfADatasetThatIsNot(t *testing.T) {
	reader, root := dataset(t, "")
	path := "images/train/one.jpg"
	ref := &schema.MediaRef{Path: &path, Encrypted: true}
	expect(t, second(reader.OpenMedia(ref)), ErrMediaMismatch)
	write(t, filepath.Join(root, path), buildMedia(t, "", path, "plain"))
	expect(t, second(reader.OpenMedia(ref)), ErrMediaMismatch)
	expect(t, second(OpenMediaFile(filepath.Join(root, path), path)), ErrMediaMismatch)
}

func TestAMediaFileOfSeveralRecords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "one.jpg")
	data := buildMedia(t, testKey, "a/one.jpg", "first, ", "second, ", "third")
	write(t, path, data)
	plain, err := drain(OpenMediaFile(path, "a/one.jpg", WithKey(testKey)))
	if err != nil || string(plain) != "first, second, third" {
		t.Errorf("%q (%v)", plain, err)
	}
	data[bytes.LastIndex(data[:len(data)-trailerSize], testSync)-3] ^= 1 // in the third
	write(t, path, data)
	plain, err = drain(OpenMediaFile(path, "a/one.jpg", WithKey(testKey)))
	expect(t, err, ErrDamagedFile)
	if string(plain) != "first, " {
		t.Errorf("%q was handed out", plain)
	}
}

func TestMediaPathsThatLeadOut(t *testing.T) {
	reader, root := dataset(t, "")
	write(t, filepath.Join(root, "..", "secret"), []byte("secret"))
	links := map[string]string{"link": "../secret", "images/up": "../..", "circle": "circle", "inside": "images/train/plain.jpg"}
	for name, target := range links {
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			t.Skip(err)
		}
	}
	paths := []string{
		"", "/etc/passwd", "../secret", "images/../../secret", "images//one.jpg", "./images", "images/.", "a\\b", "a\x00b",
		"C:x", "c:/x", "images/train/", "link", "images/up/secret", "images/up", "circle",
	}
	for _, path := range paths {
		t.Run(path, func(t *testing.T) {
			expect(t, second(reader.OpenMedia(&schema.MediaRef{Path: &path})), ErrMediaPath)
		})
	}
	if got, err := drain(reader.OpenMedia(&schema.MediaRef{Path: proto.String("inside")})); string(got) != "plain" {
		t.Errorf("a link inside of the folder gave %q (%v)", got, err)
	}
}

func TestMediaNeedsTheDatasetsFolder(t *testing.T) {
	ref := &schema.MediaRef{Path: proto.String("images/train/plain.jpg")}
	reader, root := dataset(t, "")
	data := newDraft("").build(t)
	inMemory, err := open(data, "")
	expect(t, err, nil)
	expect(t, second(inMemory.OpenMedia(ref)), ErrMediaNotFound)
	inMemory, err = OpenReaderAt(bytes.NewReader(data), int64(len(data)), WithMediaRoot(root))
	expect(t, err, nil)
	for _, r := range []*Reader{reader, inMemory} {
		if got, err := drain(r.OpenMedia(ref)); string(got) != "plain" {
			t.Errorf("%q (%v)", got, err)
		}
	}
	elsewhere := filepath.Join(root, "copy.datum")
	write(t, elsewhere, data)
	besides, err := Open(elsewhere)
	expect(t, err, nil)
	defer besides.Close()
	if got, err := drain(besides.OpenMedia(ref)); string(got) != "plain" {
		t.Errorf("%q (%v)", got, err)
	}
}

func TestTheEndOfAnotherFileIsNotHandedOut(t *testing.T) {
	reader, root := dataset(t, "")
	large := bytes.Repeat([]byte("0123456789"), 100000)
	write(t, filepath.Join(root, "images/large"), large)
	ref := &schema.MediaRef{Path: proto.String("images/large"), Crc32: proto.Uint32(1)}
	got, err := drain(reader.OpenMedia(ref))
	expect(t, err, ErrMediaMismatch)
	if len(got) == 0 || len(got) >= len(large) {
		t.Errorf("%d of %d bytes were handed out", len(got), len(large))
	}
	*ref.Crc32 = crc32.ChecksumIEEE(large)
	if got, err := drain(reader.OpenMedia(ref)); !bytes.Equal(got, large) {
		t.Errorf("%d bytes (%v)", len(got), err)
	}
}
