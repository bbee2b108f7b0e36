package datumpb

import (
	"bytes"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/datumpb/datumpb/readers/go/schema"
)

const mediaPieceSize = 1 << 18

// OpenMedia opens the bytes of a medium, decrypted where they are encrypted. A path that leads out of the dataset is
// ErrMediaPath, a file that is not there ErrMediaNotFound, and one of another size or checksum than the reference says
// ErrMediaMismatch; the last bytes are handed out when that was checked.
func (r *Reader) OpenMedia(ref *schema.MediaRef) (io.ReadCloser, error) {
	if ref.GetData() != nil {
		return io.NopCloser(bytes.NewReader(ref.GetData())), nil
	}
	if ref == nil || ref.Path == nil {
		return nil, refuse(ErrMediaNotFound, "the bytes of this media are not part of the dataset")
	}
	if r.mediaRoot == nil {
		return nil, refuse(ErrMediaNotFound, "the folder of the dataset is not known: give WithMediaRoot")
	}
	full, err := resolve(*r.mediaRoot, ref.GetPath())
	if err != nil {
		return nil, mediaError(ref, err)
	}
	file, size, err := openSource(full)
	if err != nil {
		return nil, &Error{Kind: ErrMediaNotFound, Path: ref.GetPath(), Offset: -1, Message: "cannot open this media file", Cause: err}
	}
	next := filePieces(file)
	if ref.GetEncrypted() {
		next, err = mediaPieces(file, size, ref.GetPath(), ref.GetPath(), r.key)
	}
	if err != nil {
		_ = file.Close() // it was only read
		return nil, mediaError(ref, err)
	}
	return &heldReader{next: compared(next, ref), closer: file}, nil
}

func filePieces(file io.Reader) pieces {
	return func() ([]byte, error) {
		piece := make([]byte, mediaPieceSize)
		count, err := file.Read(piece)
		if count > 0 {
			return piece[:count], nil
		}
		return nil, err
	}
}

// compared passes pieces on, and compares them with what a reference says of the file.
func compared(next pieces, ref *schema.MediaRef) pieces {
	var size uint64
	var sum uint32
	return func() ([]byte, error) {
		piece, err := next()
		size += uint64(len(piece))
		sum = crc32.Update(sum, crc32.IEEETable, piece)
		ended := errors.Is(err, io.EOF)
		switch {
		case err != nil && !ended:
			return nil, mediaError(ref, err)
		case ref.Size != nil && (size > *ref.Size || ended && size < *ref.Size):
			return nil, mediaError(ref, refuse(ErrMediaMismatch, "not the file that the item means: its size differs"))
		case ref.Crc32 != nil && ended && sum != *ref.Crc32:
			return nil, mediaError(ref, refuse(ErrMediaMismatch, "not the file that the item means: its checksum differs"))
		}
		return piece, err
	}
}

// mediaError names the media file, and makes a damaged one ErrMediaMismatch, too.
func mediaError(ref *schema.MediaRef, err error) error {
	var refused *Error
	if !errors.As(err, &refused) {
		return err
	}
	if errors.Is(err, ErrMediaPath) || errors.Is(err, ErrMediaMismatch) {
		return &Error{Kind: refused.Kind, Path: ref.GetPath(), Offset: -1, Message: refused.Message}
	}
	text := "the encrypted media file cannot be used: " + refused.Message
	return &Error{Kind: ErrMediaMismatch, Path: ref.GetPath(), Offset: refused.Offset, Message: text, Cause: err}
}

// resolve returns where a media path leads, which has to be inside of the folder.
func resolve(root, path string) (string, error) {
	if err := checkMediaPath(path); err != nil {
		return "", err
	}
	full := filepath.Join(root, filepath.FromSlash(path))
	real, err := filepath.EvalSymlinks(full)
	if errors.Is(err, os.ErrNotExist) {
		return full, nil // opening it says so
	}
	if err != nil {
		return "", refuse(ErrMediaPath, "this media path cannot be followed")
	}
	realRoot, err := filepath.EvalSymlinks(root)
	if err != nil {
		return "", refuse(ErrMediaPath, "this media path cannot be followed")
	}
	inside, err := filepath.Rel(realRoot, real)
	if err != nil || inside == ".." || strings.HasPrefix(inside, ".."+string(filepath.Separator)) {
		return "", refuse(ErrMediaPath, "this media path leads out of the dataset through a link")
	}
	return real, nil
}

// checkMediaPath refuses what section 15 says, on every operating system.
func checkMediaPath(path string) error {
	drive := len(path) > 1 && path[1] == ':' && (path[0]|0x20) >= 'a' && (path[0]|0x20) <= 'z'
	bad := drive || strings.ContainsAny(path, "\\\x00")
	for _, part := range strings.Split(path, "/") {
		bad = bad || part == "" || part == "." || part == ".."
	}
	if bad {
		return refuse(ErrMediaPath, "a media path that is not relative and inside of the dataset's folder")
	}
	return nil
}
