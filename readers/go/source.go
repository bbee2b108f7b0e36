package datumpb

import (
	"errors"
	"fmt"
	"io"
	"math"
	"os"
)

// source is the bytes of a file, wherever they are.
type source struct {
	file io.ReaderAt
	size uint64
	name string
}

func newSource(file io.ReaderAt, size int64, name string) (*source, error) {
	if size < 0 {
		return nil, fmt.Errorf("datumpb: a size of %d bytes", size)
	}
	return &source{file: file, size: uint64(size), name: name}, nil
}

// openSource opens a regular file, which the caller has to close.
func openSource(path string) (*os.File, int64, error) {
	// Before opening, as a pipe would wait for its writer.
	info, err := os.Stat(path)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, &os.PathError{Op: "open", Path: path, Err: errors.New("not a regular file")}
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	if info, err = file.Stat(); err != nil {
		_ = file.Close() // it was only read
		return nil, 0, err
	}
	return file, info.Size(), nil
}

// read returns exactly size bytes from offset. The caller has compared size with its limits.
func (s *source) read(offset, size uint64) ([]byte, error) {
	if offset > s.size || size > s.size-offset {
		return nil, s.at(offset, refuse(ErrTruncatedFile, "the file ends at byte %d, in the middle of something", s.size))
	}
	data := make([]byte, size)
	count, err := s.file.ReadAt(data, int64(offset))
	if count == len(data) {
		return data, nil
	}
	if errors.Is(err, io.EOF) {
		return nil, s.at(offset, refuse(ErrTruncatedFile, "the file became shorter while it was read"))
	}
	return nil, err
}

// at adds file and place to an Error that has none yet; other errors pass.
func (s *source) at(offset uint64, err error) error {
	var refused *Error
	if !errors.As(err, &refused) || refused.Path != "" || refused.Offset >= 0 {
		return err
	}
	placed := *refused
	placed.Path = s.name
	if offset <= math.MaxInt64 {
		placed.Offset = int64(offset)
	}
	return &placed
}

// about is at without a place.
func (s *source) about(err error) error {
	return s.at(math.MaxUint64, err)
}
