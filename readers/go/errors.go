package datumpb

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// kind is a sort of error; errors.Is finds it and those that it is a sort of.
type kind struct {
	text   string
	parent error
}

func (k *kind) Error() string { return k.text }
func (k *kind) Unwrap() error { return k.parent }

// The kinds of Error. ErrTruncatedFile and ErrAuthentication are ErrDamagedFile, too.
var (
	// ErrNotADatumFile: the file is something else than a .datum file.
	ErrNotADatumFile error = &kind{text: "not a .datum file"}
	// ErrDamagedFile: a bit flipped, or a record is missing, out of place or from another file.
	ErrDamagedFile error = &kind{text: "damaged file"}
	// ErrTruncatedFile: the file was cut off, or its writer never finished.
	ErrTruncatedFile error = &kind{text: "truncated file", parent: ErrDamagedFile}
	// ErrAuthentication: an encrypted record is not what the owner of the key wrote there.
	ErrAuthentication error = &kind{text: "authentication failed", parent: ErrDamagedFile}
	// ErrUnsupportedFile: the file needs a newer reader.
	ErrUnsupportedFile error = &kind{text: "unsupported file"}
	// ErrLimit: the file asks for more memory than this reader grants.
	ErrLimit error = &kind{text: "limit exceeded"}

	// ErrInvalidKey: the text is not a key.
	ErrInvalidKey error = &kind{text: "invalid key"}
	// ErrMissingKey: the file is encrypted, and no key was given.
	ErrMissingKey error = &kind{text: "missing key"}
	// ErrWrongKey: the file was encrypted with another key.
	ErrWrongKey error = &kind{text: "wrong key"}
	// ErrUnexpectedKey: a key was given, and the file is not encrypted; it may have been replaced by a plain one.
	ErrUnexpectedKey error = &kind{text: "unexpected key"}

	// ErrItemNotFound: no item has this id or index.
	ErrItemNotFound error = &kind{text: "item not found"}

	// ErrMediaNotFound: the media file is not there, or its bytes are not part of the dataset.
	ErrMediaNotFound error = &kind{text: "media not found"}
	// ErrMediaPath: the path of a media file leads out of the dataset.
	ErrMediaPath error = &kind{text: "media path leads out of the dataset"}
	// ErrMediaMismatch: the media file is not the one that the item means.
	ErrMediaMismatch error = &kind{text: "media mismatch"}
)

// Error says why something was refused. Its text is one line, and never shows a key.
type Error struct {
	// Kind is one of the Err values.
	Kind error
	// Path is the file; empty where it has no name.
	Path string
	// Offset is where in the file, in bytes from its start; -1 where no place is to blame.
	Offset int64
	// Message says what is wrong.
	Message string
	// Cause is the error behind it; nil where there is none.
	Cause error
}

// Error returns "path: message (at byte offset)".
func (e *Error) Error() string {
	var text strings.Builder
	if e.Path != "" {
		text.WriteString(oneLine(e.Path) + ": ")
	}
	text.WriteString(e.Message)
	if e.Offset >= 0 {
		fmt.Fprintf(&text, " (at byte %d)", e.Offset)
	}
	return text.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is tells whether the error is of a kind.
func (e *Error) Is(target error) bool { return errors.Is(e.Kind, target) }

// refuse makes an Error that names no place.
func refuse(kind error, format string, args ...any) error {
	return &Error{Kind: kind, Offset: -1, Message: fmt.Sprintf(format, args...)}
}

// damaged is refuse for what is most often the matter.
func damaged(format string, args ...any) error {
	return refuse(ErrDamagedFile, format, args...)
}

// oneLine quotes a name that has a line break, or what a terminal obeys.
func oneLine(name string) string {
	if quoted := strconv.Quote(name); strings.ContainsRune(quoted[1:len(quoted)-1], '\\') {
		return quoted
	}
	return name
}
