package datumpb

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"strings"
	"testing"
)

var negativeZero = math.Copysign(0, -1)

// expect wants an *Error of a kind, of one line that shows no key; a nil kind: no error.
func expect(t testing.TB, err, kind error) {
	t.Helper()
	if kind == nil {
		if err != nil {
			t.Errorf("refused: %v", err)
		}
		return
	}
	var refused *Error
	if !errors.As(err, &refused) || !errors.Is(err, kind) {
		t.Errorf("got %v, expected: %v", err, kind)
		return
	}
	text := err.Error()
	if text == "" || strings.ContainsAny(text, "\n\r\x00") || strings.Contains(text, testKey[6:]) || strings.Contains(text, otherKey[6:]) {
		t.Errorf("a bad message: %q", text)
	}
}

// expectNumbers compares bit for bit.
func expectNumbers(t testing.TB, got []float64, want ...float64) {
	t.Helper()
	same := len(got) == len(want)
	for i := 0; same && i < len(got); i++ {
		same = math.Float64bits(got[i]) == math.Float64bits(want[i])
	}
	if !same {
		t.Errorf("got %v, expected %v", got, want)
	}
}

func second[T any](_ T, err error) error { return err }

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func bytesReader(data []byte) *bytes.Reader { return bytes.NewReader(data) }

// nopReader is a file without bytes.
type nopReader struct{}

func (nopReader) ReadAt([]byte, int64) (int, error) { return 0, io.EOF }
