package datumpb

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/datumpb/datumpb/readers/go/schema"
)

// example returns a block of docs/FORMAT.md that is marked as this example.
func example(t testing.TB, name string) string {
	t.Helper()
	document, err := os.ReadFile("../../docs/FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(document), "<!-- example: "+name+" -->\n```text\n")
	block, _, closed := strings.Cut(rest, "\n```")
	if !found || !closed {
		t.Fatalf("docs/FORMAT.md has no example %q", name)
	}
	return block
}

// plainExample is the file of section 18.
func plainExample(t testing.TB) []byte {
	t.Helper()
	var file []byte
	line := regexp.MustCompile(`(?m)^[0-9a-f]{4}  ((?:[0-9a-f]{2} ?)+)`)
	for _, match := range line.FindAllStringSubmatch(example(t, "plain"), -1) {
		file = append(file, unhex(t, match[1])...)
	}
	return file
}

// sealedExample returns what the vector of section 10 has under a name.
func sealedExample(t testing.TB, name string) []byte {
	t.Helper()
	_, rest, found := strings.Cut("\n"+example(t, "sealed"), "\n"+name+":\n")
	if !found {
		t.Fatalf("the vector has no %s", name)
	}
	var text strings.Builder
	for _, line := range strings.Split(rest, "\n") {
		if !strings.HasPrefix(line, "  ") {
			break
		}
		text.WriteString(line)
	}
	return unhex(t, text.String())
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	data, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestSmallFileOfTheDocument(t *testing.T) {
	file := plainExample(t)
	if len(file) != 409 {
		t.Fatalf("the example has %d bytes", len(file))
	}
	reader, err := open(file, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := reader.Verify(); err != nil {
		t.Error(err)
	}
	if reader.Meta().GetSubset() != "train" || reader.Meta().GetMediaType() != schema.MediaType_MEDIA_TYPE_IMAGE {
		t.Errorf("META is %v", reader.Meta())
	}
	if reader.Header().GetWriterName() != "datumpb" || reader.Encrypted() || reader.Len() != 1 {
		t.Errorf("HEADER is %v", reader.Header())
	}
	if name := reader.Categories().GetLabels().GetLabels()[0].GetName(); name != "cat" {
		t.Errorf("the label is %q", name)
	}
	if count := reader.Statistics().GetAnnotationCount(); count != 2 {
		t.Errorf("%d annotations", count)
	}
	item, err := reader.ItemByID("one")
	if err != nil {
		t.Fatal(err)
	}
	if path := item.GetMedia().GetImage().GetFile().GetPath(); path != "images/train/one.jpg" {
		t.Errorf("the picture is %q", path)
	}
	expectNumbers(t, item.Coordinates(0), 10.5, 20.25, 100, 50.75)
	expectNumbers(t, item.Coordinates(1), 10.5, 20.25, 110.5, 20.25, 110.5, 71)
}

func TestKeysOfTheDocument(t *testing.T) {
	key, err := parseKey(testKey)
	if err != nil || !bytes.Equal(key, sealedExample(t, "key")) {
		t.Errorf("the key is %x (%v)", key, err)
	}
	recordKey, commitment := deriveKeys(key, sealedExample(t, "salt"))
	if !bytes.Equal(recordKey, sealedExample(t, "record_key")) || !bytes.Equal(commitment, sealedExample(t, "commitment")) {
		t.Errorf("record_key %x, commitment %x", recordKey, commitment)
	}
}

func TestMediaFileOfTheDocument(t *testing.T) {
	path := filepath.Join(t.TempDir(), "one.jpg")
	write(t, path, sealedExample(t, "file"))
	plain, err := drain(OpenMediaFile(path, "images/train/one.jpg", WithKey(testKey)))
	if err != nil || string(plain) != "not really a picture" {
		t.Errorf("%q (%v)", plain, err)
	}
	expect(t, second(drain(OpenMediaFile(path, "images/train/two.jpg", WithKey(testKey)))), ErrMediaMismatch)
	expect(t, second(drain(OpenMediaFile(path, "images/train/one.jpg", WithKey(otherKey)))), ErrWrongKey)
	expect(t, second(drain(OpenMediaFile(path, "images/train/one.jpg"))), ErrMissingKey)
	expect(t, second(open(sealedExample(t, "file"), testKey)), ErrDamagedFile)
}

func TestCoordinatesOfTheDocument(t *testing.T) {
	cases := []struct {
		bytes string
		want  []float64
	}{
		{"08 02 12 0b b4 10 d2 1f a0 9c 01 00 00 a6 4f", []float64{10.5, 20.25, 110.5, 20.25, 110.5, 71}},
		{
			"08 01 12 03 fa 01 50 28 05 32 07 5e 79 94 e4 a6 3d 02 3a 02 b7 2e",
			[]float64{12.5, 4, 14, 4.5, 15.5, 6.5, 15, 9, 12, 10, 10.5, 7.5},
		},
		{
			"1a 10 cd cc cc 3d 6f 12 83 3a ab aa aa 3e 00 00 00 80",
			[]float64{0.10000000149011612, 0.0010000000474974513, 0.3333333432674408, negativeZero},
		},
		{
			"22 20 34 33 33 33 33 33 d3 3f 00 00 00 00 00 00 00 00 55 55 55 55 55 55 d5 3f 00 00 00 00 00 00 00 40",
			[]float64{0.30000000000000004, 0, 0.3333333333333333, 2},
		},
	}
	for _, c := range cases {
		message := new(schema.Coordinates)
		if err := parse(unhex(t, c.bytes), message, "it"); err != nil {
			t.Fatal(err)
		}
		numbers, err := DecodeCoordinates(message, 2, AnyCount)
		if err != nil {
			t.Fatal(err)
		}
		expectNumbers(t, numbers, c.want...)
	}
}
