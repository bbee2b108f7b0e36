package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	datumpb "github.com/datumpb/datumpb/readers/go"
)

const suite = "../../../../conformance"

// program runs the program and returns its exit status and its lines.
func program(t *testing.T, arguments ...string) (int, []string) {
	t.Helper()
	var out, problems bytes.Buffer
	status := run(arguments, &out, &problems)
	if (status == 2) != (problems.Len() > 0) {
		t.Errorf("status %d, and on standard error: %s", status, &problems)
	}
	return status, strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
}

func TestASoundFileInEveryMode(t *testing.T) {
	file := filepath.Join(suite, "valid", "many-blocks-encrypted.datum")
	key := filepath.Join(suite, "keys", "first.txt")
	status, inOrder := program(t, "items", file, "--key-file", key)
	if status != 0 || len(inOrder) < 4 || !strings.HasPrefix(inOrder[0], `{"meta": `) {
		t.Fatalf("status %d, %q", status, inOrder)
	}
	for _, line := range inOrder {
		if !json.Valid([]byte(line)) {
			t.Errorf("no JSON: %s", line)
		}
	}
	_, random := program(t, "random", file, "--key-file", key)
	_, verified := program(t, "verify", file, "--key-file", key)
	last := len(inOrder) - 1
	if len(random) != len(inOrder) || random[last] != inOrder[last] {
		t.Errorf("at random %d lines, in order %d", len(random), len(inOrder))
	}
	if want := fmt.Sprintf(`{"end":%d}`, last-1); len(verified) != 1 || verified[0] != want || inOrder[last] != want {
		t.Errorf("got %q, expected %s", verified, want)
	}
}

func TestARefusedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.datum")
	if err := os.WriteFile(path, []byte("something else"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []string{"items", "random", "verify", "media", "speed"} {
		status, lines := program(t, mode, path)
		if status != 1 || len(lines) != 1 || !strings.HasPrefix(lines[0], `{"error":"NotADatumFile","message":`) {
			t.Errorf("%s: status %d, %q", mode, status, lines)
		}
	}
	status, lines := program(t, "items", path, "--key-file", path)
	if status != 1 || !strings.HasPrefix(lines[0], `{"error":"InvalidKey",`) {
		t.Errorf("status %d, %q", status, lines)
	}
	status, lines = program(t, "items", path+".absent")
	if status != 1 || !strings.HasPrefix(lines[0], `{"error":"IO",`) {
		t.Errorf("status %d, %q", status, lines)
	}
}

func TestTheProgramAskedWrongly(t *testing.T) {
	for _, arguments := range [][]string{{}, {"items"}, {"what", "x"}, {"items", "x", "--what"}, {"items", "x", "y"}} {
		if status, _ := program(t, arguments...); status != 2 {
			t.Errorf("%q: status %d", arguments, status)
		}
	}
}

func TestEveryClassHasItsName(t *testing.T) {
	for kind, name := range classes {
		if got := class(fmt.Errorf("x: %w", &datumpb.Error{Kind: kind})); got != name {
			t.Errorf("%v is %s", kind, got)
		}
	}
	if class(errMismatch) != "Mismatch" || class(errors.New("x")) != "IO" {
		t.Error("other errors have other names")
	}
}

func TestNumbers(t *testing.T) {
	numbers := map[float64]string{
		0.1: "0.1", 1e300: "1e+300", -2.5: "-2.5",
		math.Inf(1): `"Infinity"`, math.Inf(-1): `"-Infinity"`, math.NaN(): `"NaN"`,
	}
	for number, want := range numbers {
		if got := jsonNumber(number); got != want {
			t.Errorf("%v: %s, expected %s", number, got, want)
		}
	}
	if jsonNumber(0) != "0" || jsonNumber(math.Copysign(0, -1)) != "-0.0" {
		t.Error("a zero lost its sign")
	}
}
