// Conformance is this reader's program in the conformance suite: it prints what a file holds, one JSON document a line, or
// why the file is refused.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	datumpb "github.com/datumpb/datumpb/readers/go"
)

const usage = "usage: conformance items|random|verify|media|speed FILE [--key-file KEY_FILE] [--path LOGICAL_PATH]"

func main() {
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// run is the program; it returns its exit status: 1 where the file is refused, 2 where the program was asked wrongly.
func run(arguments []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("conformance", flag.ContinueOnError)
	flags.SetOutput(stderr)
	keyFile := flags.String("key-file", "", "a file with the key")
	logicalPath := flags.String("path", "", "the path under which the dataset knows a media file")
	if len(arguments) < 2 || modes[arguments[0]] == nil || flags.Parse(arguments[2:]) != nil || flags.NArg() > 0 {
		fmt.Fprintln(stderr, usage)
		return 2
	}
	out := newPrinter(stdout)
	err := withKey(*keyFile, func(opts []datumpb.Option) error {
		return modes[arguments[0]](out, request{file: arguments[1], logicalPath: *logicalPath, opts: opts})
	})
	if err != nil {
		out.print(map[string]any{"error": class(err), "message": err.Error()})
	}
	if writeErr := out.close(); writeErr != nil {
		fmt.Fprintln(stderr, writeErr)
		return 2
	}
	if err != nil {
		return 1
	}
	return 0
}

func withKey(keyFile string, run func([]datumpb.Option) error) error {
	if keyFile == "" {
		return run(nil)
	}
	key, err := datumpb.ReadKeyFile(keyFile)
	if err != nil {
		return err
	}
	return run([]datumpb.Option{datumpb.WithKey(key)})
}

// errMismatch: two ways to an item gave two items.
var errMismatch = errors.New("an item by index and the same by id differ")

var classes = map[error]string{
	datumpb.ErrNotADatumFile:   "NotADatumFile",
	datumpb.ErrDamagedFile:     "DamagedFile",
	datumpb.ErrTruncatedFile:   "TruncatedFile",
	datumpb.ErrAuthentication:  "Authentication",
	datumpb.ErrUnsupportedFile: "UnsupportedFile",
	datumpb.ErrLimit:           "Limit",
	datumpb.ErrInvalidKey:      "InvalidKey",
	datumpb.ErrMissingKey:      "MissingKey",
	datumpb.ErrWrongKey:        "WrongKey",
	datumpb.ErrUnexpectedKey:   "UnexpectedKey",
	datumpb.ErrItemNotFound:    "ItemNotFound",
	datumpb.ErrMediaMismatch:   "MediaMismatch",
}

func class(err error) string {
	var refused *datumpb.Error
	if errors.As(err, &refused) {
		return classes[refused.Kind]
	}
	if errors.Is(err, errMismatch) {
		return "Mismatch"
	}
	return "IO"
}
